import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Report } from './runner/figure.ts';
import { Hospital } from './runner/hospital.ts';
import { peakRssMb } from './runner/memory.ts';
import { RcloneCrypt } from './runner/rclone.ts';
import { RemoteDevice } from './runner/remoteDevice.ts';

const SIZES_MB = [100, 1_000];
/** The size of which an edit is measured. */
const EDITED_MB = 100;
/** Chunks vary from a quarter to four mebibytes: what one edit sends is chance. */
const EDITS = 5;
const INSERTED = Buffer.from('12 new bytes');
const MB = 1_000_000;

/**
 * A file from the device to six stores and back, everything sealed, coded, flushed and checked; also with two stores gone. Beside it
 * rclone crypt with the same file on the same disk, which neither flushes nor survives a lost store.
 */
export async function run(report: Report): Promise<void> {
  for (const sizeMb of SIZES_MB) {
    const directory = await mkdtemp(join(tmpdir(), 'salus-files-'));
    try {
      const file = await makeFile(directory, sizeMb);
      await ours(report, directory, file, sizeMb);
      await theirs(report, directory, file, sizeMb);
    } finally {
      await rm(directory, { recursive: true });
    }
  }
}

async function ours(report: Report, directory: string, file: string, sizeMb: number): Promise<void> {
  const who = 'salus';
  const hospital = await Hospital.found();
  const device = await RemoteDevice.join(hospital);
  try {
    const [back, backAgain] = [join(directory, 'back'), join(directory, 'back-again')];
    report({ who, metric: 'put_mb_s', value: sizeMb / (await settled(() => device.put(file))), size_mb: sizeMb });
    report({ who, metric: 'get_mb_s', value: sizeMb / (await settled(() => device.get(back))), size_mb: sizeMb });
    await needSame(file, back);
    const edited = sizeMb === EDITED_MB ? await edits(report, device, file) : undefined;
    for (const store of [2, 5])
      await rename(join(hospital.home, 'clouds', String(store)), join(hospital.home, 'clouds', `${store}.away`));
    const lost = await settled(() => device.get(backAgain));
    report({ who, metric: 'get_two_lost_mb_s', value: sizeMb / lost, size_mb: sizeMb });
    await needSame(edited ?? file, backAgain);
    const [ofDevice, ofNode] = [peakRssMb(device.process.pid!), peakRssMb(hospital.process.pid!)];
    const rss = { device_mb: Math.round(ofDevice), node_mb: Math.round(ofNode) };
    report({ who, metric: 'peak_rss_mb', value: ofDevice + ofNode, size_mb: sizeMb, ...rss });
  } finally {
    await device.close();
    await hospital.close();
  }
}

async function theirs(report: Report, directory: string, file: string, sizeMb: number): Promise<void> {
  const rclone = RcloneCrypt.over(join(directory, 'rclone'));
  if (!rclone) return;
  const who = `rclone ${rclone.version}`;
  const back = join(directory, 'back-from-rclone');
  const put = await settled(() => rclone.put(file));
  report({ who, metric: 'put_mb_s', value: sizeMb / put, size_mb: sizeMb, remote: 'crypt' });
  const get = await settled(() => rclone.get(back));
  report({ who, metric: 'get_mb_s', value: sizeMb / get, size_mb: sizeMb, remote: 'crypt' });
  await needSame(file, back);
}

/** Measures once the disk has nothing left to do of what came before. */
async function settled(work: () => Promise<number>): Promise<number> {
  spawnSync('sync');
  return work();
}

async function makeFile(directory: string, sizeMb: number): Promise<string> {
  const file = join(directory, 'random.bin');
  for (let i = 0; i < sizeMb; i += 10) await writeFile(file, randomBytes(10 * MB), { flag: 'a' });
  return file;
}

/** Twelve bytes put in at one place after another, a version each: what the middle one of them sent. The file as it is then. */
async function edits(report: Report, device: RemoteDevice, file: string): Promise<string> {
  const sent: number[] = [];
  let edited = file;
  for (let place = 1; place <= EDITS; place++) {
    edited = await editOf(edited, Math.round((EDITED_MB * MB * place) / (EDITS + 1)));
    sent.push((await device.edit(edited)) / MB);
  }
  sent.sort((a, b) => a - b);
  const spread = { least_mb: sent[0]!, most_mb: sent.at(-1)! };
  const value = sent[Math.floor(EDITS / 2)]!;
  report({
    who: 'salus',
    metric: 'edit_sent_mb',
    value,
    size_mb: EDITED_MB,
    inserted_bytes: 12,
    edits: EDITS,
    ...spread,
  });
  return edited;
}

async function editOf(file: string, at: number): Promise<string> {
  const edited = `${file}.edited`;
  const handle = await open(edited, 'w');
  try {
    for await (const bytes of createReadStream(file, { end: at - 1 })) await handle.writeFile(bytes);
    await handle.writeFile(INSERTED);
    for await (const bytes of createReadStream(file, { start: at })) await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
  return edited;
}

async function needSame(one: string, other: string): Promise<void> {
  const [a, b] = [await digestOf(one), await digestOf(other)];
  if (a !== b) throw new Error('the file that came back is another');
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
