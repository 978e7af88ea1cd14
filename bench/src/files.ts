import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addRecords, type Device, myRecords, openOwn } from '@salus/sdk';
import type { Report } from './runner/figure.ts';
import { Hospital } from './runner/hospital.ts';

const SIZES_MB = [100];
const MB = 1_000_000;

/** A file from the device to six stores and back, everything sealed, coded, fsynced and checked; also with two stores gone. */
export async function run(report: Report): Promise<void> {
  for (const sizeMb of SIZES_MB) await measure(report, sizeMb);
}

async function measure(report: Report, sizeMb: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'salus-files-'));
  const hospital = await Hospital.found();
  try {
    const file = await makeFile(directory, sizeMb);
    const patient = await hospital.join('patient', 'meera');
    const put = await seconds(async () => {
      for await (const _ of addRecords(patient, [contentOf(file)]));
    });
    const get = await seconds(() => readBack(patient, sizeMb));
    for (const store of [2, 5])
      await rename(join(hospital.home, 'clouds', String(store)), join(hospital.home, 'clouds', `${store}.away`));
    const lost = await seconds(() => readBack(patient, sizeMb));
    report({ who: 'salus', metric: 'put_mb_s', value: sizeMb / put, size_mb: sizeMb });
    report({ who: 'salus', metric: 'get_mb_s', value: sizeMb / get, size_mb: sizeMb });
    report({ who: 'salus', metric: 'get_two_lost_mb_s', value: sizeMb / lost, size_mb: sizeMb });
  } finally {
    await hospital.close();
    await rm(directory, { recursive: true });
  }
}

async function makeFile(directory: string, sizeMb: number): Promise<string> {
  const file = join(directory, 'random.bin');
  for (let i = 0; i < sizeMb; i += 10) await writeFile(file, randomBytes(10 * MB), { flag: 'a' });
  return file;
}

const contentOf = (file: string) => ({
  kind: 'document' as const,
  title: 'Random',
  mediaType: 'application/octet-stream',
  body: () => createReadStream(file, { highWaterMark: 1024 * 1024 }),
});

async function readBack(patient: Device, sizeMb: number): Promise<void> {
  for await (const own of myRecords(patient)) {
    let sizeBytes = 0;
    for await (const bytes of (await openOwn(patient, own)).content()) sizeBytes += bytes.length;
    if (sizeBytes !== sizeMb * MB) throw new Error(`${sizeBytes} bytes came back`);
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}
