import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utf8 } from '@salus/base';
import { backUp, listBackups, type RunningNode, rehearse, restore, startNode, verifyBackup } from '@salus/node';
import { acceptRestored, addRecords, myRecords, openOwn, type ProfileStore, resume } from '@salus/sdk';
import { seededRandom } from '@salus/testkit';
import { missingPrograms, REAL_CLOUDS_PROGRAMS, type RealClouds, startRealClouds } from '@salus/testkit/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../src/clock.ts';
import { contentsOf } from '../src/contents.ts';
import { Hospital, type Person } from '../src/hospital.ts';
import { refusal } from '../src/refusal.ts';
import { add, note, textOf } from '../src/sharing.ts';

const why = missingPrograms(...REAL_CLOUDS_PROGRAMS);
const SCAN = seededRandom('a scan to back up')(3 * 1024 * 1024);
const SCAN_TEXT = new TextDecoder().decode(SCAN);
const KINDS = ['ftps', 's3'] as const;
const RULES = { every: '1d', keep: { last: 2, daily: 0, weekly: 0, monthly: 0 }, content: true };

let hospital: Hospital;
let clouds: RealClouds;
let meera: Person;
let restored: RunningNode | undefined;
/** Descriptions of the places, as of node.json. */
let places: Record<(typeof KINDS)[number], Record<string, unknown>>;

beforeAll(async () => {
  if (why) return;
  hospital = await Hospital.open();
  clouds = await startRealClouds(hospital.home);
  meera = await hospital.patient('Meera Nair');
  // Their own place on each server: a folder, or a beginning of keys.
  const entry = (kind: string) => clouds.entries.find((one) => one.kind === kind)!;
  places = {
    ftps: { ...entry('ftps'), name: 'backup-ftps', folder: 'backups' },
    s3: { ...entry('s3'), name: 'backup-s3', prefix: 'backups' },
  };
  const file = join(hospital.home, 'node', 'node.json');
  await hospital.restart(async () => {
    const config = JSON.parse(await readFile(file, 'utf8')) as object;
    const backups = KINDS.map((name) => ({ name, ...RULES, store: places[name] }));
    await writeFile(file, JSON.stringify({ ...config, backups }));
  });
});
beforeEach(({ skip }) => skip(why !== undefined, why));
afterAll(async () => {
  if (why) return;
  await restored?.stop();
  await hospital.stop();
  await clouds.stop();
});

const nextDay = async () => {
  hospital.clock.advance(DAY_MS);
  await hospital.node.backups.check();
};

/** Bytes sent to each place so far, as the node itself counts them. */
async function sentBytes(): Promise<Record<string, number>> {
  const text = await (await fetch(`${hospital.url}/metrics`)).text();
  const counted = text.matchAll(/^salus_backup_sent_bytes_total\{backup="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...counted].map(([, name, bytes]) => [name, Number(bytes)]));
}

describe('backups by FTPS and to S3, on real servers', () => {
  it('are made by the running node when they are due; the second sends what changed', async () => {
    async function* body() {
      yield SCAN;
    }
    const contents = [{ kind: 'document' as const, title: 'scan', fileName: 'scan.bin', body }];
    for await (const { record } of addRecords(meera.device, contents)) expect(record).toBeDefined();
    // The scan's pieces travel with the first that has it.
    await hospital.node.backups.check();
    await nextDay();
    const first = await sentBytes();
    await add(meera.device, note('one more'));
    await nextDay();
    const second = await sentBytes();
    for (const name of KINDS) {
      expect(first[name], name).toBeGreaterThan(SCAN.length);
      expect(second[name]! - first[name]!, name).toBeGreaterThan(1_000);
      expect(second[name]! - first[name]!, name).toBeLessThan(SCAN.length / 5);
      // Where nothing happened, the set alone.
      const { sent } = await backUp(hospital.home, { name }, { now: hospital.clock.now });
      expect(sent.objects, name).toBe(1);
      expect(sent.known, name).toBeGreaterThan(10);
    }
  });

  it('keep what the rules say, and are whole when read again', async () => {
    await nextDay();
    for (const name of KINDS) {
      expect(await listBackups(hospital.home, { name }), name).toHaveLength(2);
      const verified = await verifyBackup(hospital.home, { name });
      expect(verified, name).toMatchObject({ faulty: [], withheld: null, sameHistory: true });
      expect(verified.chunks, name).toBeGreaterThan(8);
    }
  });

  it('are rehearsed beside the running system, which stays as it is, byte for byte', async () => {
    const parts = ['node', 'clouds', 'real'].map((part) => join(hospital.home, part));
    const before = await Promise.all(parts.map(contentsOf));
    for (const name of KINDS) {
      const report = await rehearse(hospital.home, { name }, hospital.recoveryKey);
      expect(report, name).toMatchObject({ differing: [], whole: report.sampled });
      expect(report.sampled, name).toBeGreaterThan(3);
    }
    expect(await Promise.all(parts.map(contentsOf))).toEqual(before);
  });

  it('hold no credential, and no place is written down with one', async () => {
    const entries = await readdir(join(hospital.home, 'node'), { recursive: true, withFileTypes: true });
    for (const { parentPath, name } of entries.filter((entry) => entry.isFile())) {
      const bytes = await readFile(join(parentPath, name));
      for (const secret of clouds.secrets) expect(bytes.includes(Buffer.from(utf8(secret))), name).toBe(false);
    }
  });

  it('come back from the FTPS server alone, while the system goes on', async () => {
    expect(await restoredTexts('ftps', twinOf)).toEqual(['one more', SCAN_TEXT]);
    await add(meera.device, note('before the fire'));
  });

  it('fail without harm while the server is gone, and restore onto an empty machine from the other', async () => {
    await nextDay();
    await clouds.end('files');
    expect(await refusal(() => listBackups(hospital.home, { name: 'ftps' }))).toMatch(/^store-/);
    await nextDay();
    const { backups } = (await (await fetch(`${hospital.url}/health`)).json()) as {
      backups: { failing: string | null }[];
    };
    expect(backups.map(({ failing }) => failing !== null)).toEqual([true, false]);
    await hospital.node.stop();
    expect(await restoredTexts('s3', (store) => store)).toEqual(['one more', 'before the fire', SCAN_TEXT]);
  });
});

/**
 * What a patient reads on a machine that had nothing: restored from one place, started, and taken up again by the devices that
 * `storeOf` gives it.
 */
async function restoredTexts(kind: (typeof KINDS)[number], storeOf: (store: ProfileStore) => ProfileStore) {
  const machine = await mkdtemp(join(tmpdir(), 'salus-machine-'));
  try {
    // What an operator brings: the place's description, its credentials, the recovery key.
    const { now } = hospital.clock;
    const place = { target: places[kind], base: hospital.home };
    const { wanted } = await restore(machine, place, hospital.recoveryKey, { now });
    // It says what no backup has.
    expect(wanted).toEqual(['real/authority.pem', 'real/ftps.json', 'real/s3.json']);
    await cp(join(hospital.home, 'clouds'), join(machine, 'clouds'), { recursive: true });
    await cp(join(hospital.home, 'real'), join(machine, 'real'), { recursive: true });
    const node = await startNode({ home: machine, port: 0, now });
    restored = node;
    const devices = [meera, hospital.operator].map(({ store }) => ({
      ...hospital.surroundings(storeOf(store)),
      node: node.url,
    }));
    expect(await refusal(async () => firstOf(await resume(devices[0]!)))).toBe('restored-waiting');
    for (const device of devices) await acceptRestored(device);
    const owner = await resume(devices[0]!);
    const texts: string[] = [];
    for await (const own of myRecords(owner)) texts.push(await textOf((await openOwn(owner, own)).content()));
    return texts.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  } finally {
    await restored?.stop();
    restored = undefined;
    await rm(machine, { recursive: true, force: true });
  }
}

/** A device that knows what another knows, and of which that one learns nothing. */
function twinOf(store: ProfileStore): ProfileStore {
  const written = new Map<string, Uint8Array | undefined>();
  return {
    get: async (name) => (written.has(name) ? written.get(name) : store.get(name)),
    put: async (name, value) => void written.set(name, value.slice()),
    delete: async (name) => void written.set(name, undefined),
  };
}

async function firstOf(device: Parameters<typeof myRecords>[0]): Promise<void> {
  for await (const own of myRecords(device)) {
    await openOwn(device, own);
    return;
  }
}
