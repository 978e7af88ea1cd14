import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  backUp,
  listBackups,
  type RunningNode,
  rehearse,
  restore,
  restorePieces,
  startNode,
  verifyBackup,
} from '@salus/node';
import { systemRandom, verifyingKeyOf } from '@salus/schemes/keyless';
import { acceptRestored, cloudStatus, listen, myRecords, openOwn, repairClouds, resume } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../src/clock.ts';
import { contentsOf } from '../src/contents.ts';
import { FaultyStores, takeAway } from '../src/faultyStores.ts';
import { Hospital, type Person } from '../src/hospital.ts';
import { refusal } from '../src/refusal.ts';
import { folderPlace } from '../src/restored.ts';
import { add, consented, note, readAll, textOf } from '../src/sharing.ts';

const HOUR_MS = 3_600_000;
const NIGHTLY = { name: 'nightly' };

let hospital: Hospital;
let meera: Person;
let rao: Person;
let folder: string;
let restored: RunningNode | undefined;
const stores = new FaultyStores();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'salus-scheduled-'));
  const keep = { last: 3, daily: 0, weekly: 0, monthly: 0 };
  const store = { name: 'place', kind: 'folder' as const, folder: join(folder, 'place') };
  const backups = [{ name: 'nightly', every: '1d', keep, content: true, store }];
  hospital = await Hospital.open({ backups }, { aroundStore: stores.around });
  meera = await hospital.patient('Meera Nair');
  rao = await hospital.doctor('Arjun Rao');
  await add(meera.device, note('heart murmur'), note('skin rash'));
  await consented(hospital, rao.device, meera.device);
});
afterAll(async () => {
  await restored?.stop();
  await hospital.stop();
  await rm(folder, { recursive: true, force: true });
});

const health = async () =>
  ((await (await fetch(`${hospital.url}/health`)).json()) as { backups: { madeAt: number; failing: string | null }[] })
    .backups;
const metric = async (name: string) =>
  Number(
    new RegExp(`^${name}\\{backup="nightly"\\} (\\S+)$`, 'm').exec(
      await (await fetch(`${hospital.url}/metrics`)).text(),
    )![1],
  );
const sets = () => listBackups(hospital.home, NIGHTLY);
/** What the node would do by itself once its timer says so. */
const later = async (byMs: number) => {
  hospital.clock.advance(byMs);
  await hospital.node.backups.check();
};

describe('backups on a schedule', () => {
  it('are made at the start, then once a day, by the running node; the newest stay', async () => {
    await hospital.node.backups.check();
    expect(await sets()).toHaveLength(1);
    await later(HOUR_MS);
    expect(await sets()).toHaveLength(1);
    for (let day = 2; day <= 5; day++) {
      await add(meera.device, note(`on day ${day}`));
      await later(DAY_MS);
      expect(await sets()).toHaveLength(Math.min(day, 3));
    }
    const [state] = await health();
    expect(state).toMatchObject({ name: 'nightly', failing: null, madeAt: (await sets()).at(-1)!.madeAt });
    // A restart makes none before its time.
    await hospital.restart();
    await hospital.node.backups.check();
    expect((await health())[0]).toEqual(state);
    expect(await metric('salus_backup_newest_timestamp_seconds')).toBe(state!.madeAt / 1000);
  });

  it('that fail are told to the operator, counted, and made up as soon as the place is back', async () => {
    const stop = new AbortController();
    const news = listen(hospital.operator, stop.signal);
    const told = (async () => {
      for await (const { kind } of news) if (kind.startsWith('backup.')) return kind;
      return undefined;
    })();
    while (hospital.node.context.news.listeners === 0) await new Promise((resolve) => setImmediate(resolve));
    const before = (await sets()).map(({ set }) => set);
    stores.named('place').fault = 'full';
    await later(DAY_MS);
    expect((await health())[0]).toMatchObject({ failing: 'store-full' });
    expect(await told).toBe('backup.failed');
    stop.abort();
    expect(await metric('salus_backup_failures')).toBe(1);
    // Not at once again, and not only tomorrow.
    await later(1_000);
    expect(await metric('salus_backup_failures')).toBe(1);
    await later(60_000);
    expect(await metric('salus_backup_failures')).toBe(2);
    expect((await sets()).map(({ set }) => set)).toEqual(before);
    stores.heal();
    await later(HOUR_MS);
    expect((await health())[0]).toMatchObject({ failing: null });
    expect(await metric('salus_backup_failures')).toBe(0);
    expect(await sets()).not.toEqual(before);
  });
});

describe('a rehearsal', () => {
  it('proves that a backup restores, and leaves the running system as it was, byte for byte', async () => {
    await later(DAY_MS);
    const places = ['node', 'clouds'].map((part) => join(hospital.home, part));
    const before = await Promise.all([...places, join(folder, 'place')].map(contentsOf));
    // One that was killed left something.
    await mkdir(join(hospital.home, 'rehearsal', 'home', 'node'), { recursive: true });
    const report = await rehearse(hospital.home, NIGHTLY, hospital.recoveryKey, {
      inside: async (url) => {
        const another = () => rehearse(hospital.home, NIGHTLY, hospital.recoveryKey);
        expect(await refusal(another)).toBe('node-running');
        expect(new URL(url).hostname).toBe('127.0.0.1');
        expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ ok: true, restored: { waiting: 1 } });
      },
    });
    const { height, logSize } = hospital.node.context.ledger.head();
    expect(report).toMatchObject({ height, operations: logSize, differing: [] });
    expect(report.lost).toEqual({ accounts: 0, records: 0, delegations: 0 });
    expect(report.sampled).toBeGreaterThan(5);
    expect(report.whole).toBe(report.sampled);
    expect(await Promise.all([...places, join(folder, 'place')].map(contentsOf))).toEqual(before);
    expect((await readdir(hospital.home)).sort()).toEqual(['clouds', 'node']);
  });

  it('says what is wrong: records whose pieces are gone, and a database that is not what the ledger gives', async () => {
    const putBack = takeAway(hospital.home, 1, 2, 3);
    const gone = await rehearse(hospital.home, NIGHTLY, hospital.recoveryKey);
    putBack();
    expect(gone.whole).toBeLessThan(gone.sampled);
    const { database } = hospital.node.context;
    const rows = await database.selectFrom('request').selectAll().execute();
    await database.deleteFrom('request').execute();
    const place = folderPlace(join(folder, 'another'));
    await backUp(hospital.home, place, { now: hospital.clock.now });
    await database.insertInto('request').values(rows).execute();
    const report = await rehearse(hospital.home, place, hospital.recoveryKey);
    expect(report).toMatchObject({ differing: ['request'], whole: report.sampled });
  });
});

describe('reading a backup again', () => {
  it('tells a node that is behind it, or went another way, from the one that made it', async () => {
    const { clock } = hospital;
    await add(meera.device, note('since then'));
    await later(DAY_MS);
    expect(await verifyBackup(hospital.home, NIGHTLY)).toMatchObject({ faulty: [], sameHistory: true });
    const place = folderPlace(join(folder, 'place'));
    const [oldest] = await sets();
    const newest = (await sets()).at(-1)!;
    const home = join(folder, 'behind');
    await restore(home, place, hospital.recoveryKey, { set: oldest!.set, now: clock.now });
    expect(await verifyBackup(home, place)).toMatchObject({ set: newest.set, sameHistory: null });
    const node = await startNode({ home, port: 0, now: clock.now });
    const { ledger } = node.context;
    for (let i = 0; ledger.head().height < newest.height; i++) {
      const id = i.toString(16).padStart(32, '0');
      const body = { device: { id, key: await verifyingKeyOf(systemRandom(32)) } };
      await ledger.submit((await hospital.operator.operation('device.add', body, id)).bytes);
    }
    await node.stop();
    expect(await verifyBackup(home, place)).toMatchObject({ set: newest.set, faulty: [], sameHistory: false });
  });
});

describe('an empty machine, with all clouds lost', () => {
  it('has everything again from one place and the recovery key, and people open it with theirs', async () => {
    const { clock } = hospital;
    await later(DAY_MS);
    expect((await sets()).at(-1)!.stripes).toBeGreaterThan(0);
    await hospital.node.stop();
    const home = join(folder, 'machine');
    const place = folderPlace(join(folder, 'place'));
    await restore(home, place, hospital.recoveryKey, { now: clock.now });
    expect(await readdir(home)).toEqual(['node']);
    const pieces = await restorePieces(home, place, hospital.recoveryKey);
    // Four of six suffice, and no more were kept.
    expect(pieces).toEqual({ stripes: pieces.stripes, put: 4 * pieces.stripes, there: 0, lost: 0 });
    // Broken off and run again it does the rest, here nothing.
    expect(await restorePieces(home, place, hospital.recoveryKey)).toMatchObject({ put: 0, there: 4 * pieces.stripes });
    restored = await startNode({ home, port: 0, now: clock.now });
    const at = ({ store }: Pick<Person, 'store'>) => ({ ...hospital.surroundings(store), node: restored!.url });
    for (const person of [meera, rao, hospital.operator]) await acceptRestored(at(person));
    const operator = await resume(at(hospital.operator));
    await repairClouds(operator);
    expect(await cloudStatus(operator)).toMatchObject({ stripes: pieces.stripes, degraded: 0 });
    const owner = await resume(at(meera));
    const texts: string[] = [];
    for await (const own of myRecords(owner)) texts.push(await textOf((await openOwn(owner, own)).content()));
    expect(texts.sort()).toEqual([
      'heart murmur',
      ...[2, 3, 4, 5].map((day) => `on day ${day}`),
      'since then',
      'skin rash',
    ]);
    expect(await readAll(await resume(at(rao)), 'heart')).toEqual(['heart murmur']);
  });
});
