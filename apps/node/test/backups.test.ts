import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hex } from '@salus/base';
import { cloudsError, type ObjectStore } from '@salus/clouds';
import { MemoryStore, seededRandom } from '@salus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backupConfigs } from '../src/backups/config.ts';
import { backupKeysOf } from '../src/backups/keys.ts';
import { BackupPlace, chunkObject } from '../src/backups/place.ts';
import { kept } from '../src/backups/retention.ts';
import { dueInMs } from '../src/backups/schedule.ts';
import { backUp, backUpTo, restoreFrom, verifyBackup } from '../src/index.ts';
import { type FoundedHome, foundedHome, START } from './fixture/foundedHome.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const KEEP = { last: 2, daily: 0, weekly: 0, monthly: 0 };

let founded: FoundedHome;
beforeAll(async () => {
  founded = await foundedHome('backups');
});
afterAll(() => founded.remove());

const random = seededRandom('backups test');
let clock = START;
const backUpNow = (store: ObjectStore, keep = KEEP) =>
  backUpTo(founded.home, store, { keep, random, now: () => (clock += HOUR_MS) });

/** Ids of the sets that a place shows; throws where one of them lacks anything. */
async function wholeSets(store: ObjectStore): Promise<string[]> {
  const place = await BackupPlace.open(store, backupKeysOf(founded.recoveryKey));
  for (const id of place.sets)
    for (const file of (await place.read(id)).files)
      for (const reference of await place.references(file)) await place.chunk(reference);
  return place.sets;
}

/** A store whose owner dies after so many changes: everything after that fails. */
function dyingAfter(store: MemoryStore, changes: number): ObjectStore {
  let left = changes;
  const change =
    <Given extends unknown[], Result>(run: (...given: Given) => Promise<Result>) =>
    (...given: Given) =>
      left-- > 0 ? run(...given) : Promise.reject(cloudsError('store-unavailable', { why: 'died' }));
  return {
    list: (page) => store.list(page),
    get: (...given) => store.get(...given),
    put: change((name, body) => store.put(name, body)),
    putIfAbsent: change((name, body) => store.putIfAbsent(name, body)),
    delete: change((name) => store.delete(name)),
  };
}

describe('a backup', () => {
  it('sends what is new and nothing else: without a change the set alone, with one a few parts', async () => {
    const store = new MemoryStore();
    const first = await backUpNow(store);
    const again = await backUpNow(store);
    expect(again.sent.objects).toBe(1);
    expect(again.sent.sizeBytes).toBeLessThan(2_000);
    await founded.change();
    const { sent } = await backUpNow(store);
    // The parts of the database that changed, its list, the set.
    expect(sent.objects).toBeGreaterThan(1);
    expect(sent.sizeBytes).toBeLessThan(first.sent.sizeBytes / 2);
    expect(sent.known).toBeGreaterThan(4);
  });

  it('restores to the very same files', async () => {
    const store = new MemoryStore();
    await backUpNow(store);
    const home = `${founded.home}-again`;
    try {
      await restoreFrom(home, store, founded.recoveryKey);
      for (const name of ['genesis.cbor', 'node.json', 'keys/node.cbor', 'keys/backup.cbor'])
        expect(await readFile(join(home, 'node', name)), name).toEqual(
          await readFile(join(founded.home, 'node', name)),
        );
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  it('whose restore is broken off at any moment leaves no folder of a node, and nothing in the way of another try', async () => {
    const store = new MemoryStore();
    await backUpNow(store);
    const home = `${founded.home}-broken-off`;
    let broken = 0;
    for (let reads = 0; ; reads++) {
      let left = reads;
      const dying: ObjectStore = {
        ...dyingAfter(store, 0),
        get: async function* get(...given) {
          if (left-- <= 0) throw cloudsError('store-unavailable', { why: 'died' });
          yield* store.get(...given);
        },
      };
      const outcome = await restoreFrom(home, dying, founded.recoveryKey).catch(
        (thrown: { code?: string }) => thrown.code,
      );
      if (typeof outcome === 'object') break;
      expect(outcome).toBe('store-unavailable');
      expect(existsSync(join(home, 'node'))).toBe(false);
      broken++;
    }
    expect(broken).toBeGreaterThan(8);
    expect((await readdir(home)).sort()).toEqual(['node']);
    await rm(home, { recursive: true });
  });

  it('that dies at any moment leaves whole sets only, never fewer than before, and the next one sweeps what it left', async () => {
    const store = new MemoryStore();
    await backUpNow(store);
    await founded.change();
    await backUpNow(store);
    let [deaths, leftovers] = [0, 0];
    for (let changes = 0; ; changes++) {
      await founded.change();
      const before = await wholeSets(store);
      const outcome = await backUpNow(dyingAfter(store, changes)).catch((thrown: { code?: string }) => thrown.code);
      const after = await wholeSets(store);
      expect(after.length).toBeGreaterThanOrEqual(2);
      // Until the new set is there, every old one is.
      if (after.at(-1) === before.at(-1)) expect(after).toEqual(before);
      if (typeof outcome === 'object') break;
      expect(outcome).toBe('store-unavailable');
      deaths++;
      if (after.at(-1) === before.at(-1) && changes > 0) leftovers++;
      const { sets } = await BackupPlace.open(store, backupKeysOf(founded.recoveryKey));
      expect(sets.length).toBeLessThanOrEqual(3);
    }
    // It died while sending, before and behind the set, and while sweeping.
    expect(deaths).toBeGreaterThan(4);
    expect(leftovers).toBeGreaterThan(1);
    const place = await BackupPlace.open(store, backupKeysOf(founded.recoveryKey));
    const sets = await Promise.all(place.sets.map((id) => place.read(id)));
    expect([...place.objects].sort()).toEqual([...(await place.needed(sets))].sort());
    expect(place.sets).toHaveLength(2);
  });

  it('goes on where one that died left off', async () => {
    const whole = await backUpNow(new MemoryStore());
    const store = new MemoryStore();
    const half = Math.floor(whole.sent.objects / 2);
    await expect(backUpNow(dyingAfter(store, half))).rejects.toMatchObject({ code: 'store-unavailable' });
    const { sent } = await backUpNow(store);
    expect(sent.objects).toBe(whole.sent.objects - half);
  });

  it('that lost or altered something is found out, and whole again once the next one has sent it', async () => {
    const directory = join(founded.home, 'place');
    const place = { target: { name: 'place', folder: directory }, base: '' };
    const backUpThere = () => backUp(founded.home, place, { random, now: () => (clock += HOUR_MS) });
    const verified = (mend: boolean) => verifyBackup(founded.home, place, { mend });
    await backUpThere();
    const objects = await readdir(join(directory, 'objects'), { recursive: true });
    for (const kind of ['.chunk_', '.list_']) {
      const file = join(directory, 'objects', objects.find((object) => object.endsWith(kind))!);
      const altered = await readFile(file);
      altered[altered.length - 1]! ^= 1;
      await writeFile(file, altered);
      expect((await verified(false)).faulty, kind).toHaveLength(1);
      // What is altered is taken for what it was, until somebody looks. Without a list nobody knows what to remove.
      const { sent, forgotten, unswept } = await backUpThere();
      expect(sent.objects, kind).toBe(1);
      expect(forgotten, kind).toEqual({ sets: [], objects: 0 });
      expect(unswept === null, kind).toBe(kind === '.chunk_');
      expect((await verified(true)).faulty, kind).toHaveLength(1);
      expect((await backUpThere()).sent.objects, kind).toBe(2);
      expect((await verified(false)).faulty, kind).toEqual([]);
      await rm(file);
      expect((await verified(false)).faulty, kind).toHaveLength(1);
      expect((await backUpThere()).sent.objects, kind).toBe(2);
      expect((await verified(false)).faulty, kind).toEqual([]);
    }
    await rm(directory, { recursive: true });
  });

  it('touches nothing in a place that has another organisation’s, or an older recovery key’s', async () => {
    const stranger = await foundedHome('a stranger');
    const store = new MemoryStore();
    await backUpTo(stranger.home, store);
    const before = new Map(store.objects);
    await expect(backUpNow(store)).rejects.toMatchObject({ code: 'backup-foreign' });
    expect(store.objects).toEqual(before);
    await stranger.remove();
  });

  it('leaves alone what is not a backup’s: pieces of records have other names', async () => {
    const store = new MemoryStore();
    const piece = hex(random(32));
    await store.put(piece, random(100));
    for (let i = 0; i < 4; i++) await backUpNow(store);
    expect(store.objects.has(piece)).toBe(true);
    expect(chunkObject(piece)).not.toBe(piece);
  });
});

describe('what docs/operate/backup.md shows', () => {
  it('is taken as node.json; two of one name, or of one place, are not', async () => {
    const text = await readFile(new URL('../../../docs/operate/backup.md', import.meta.url), 'utf8');
    const { backups } = JSON.parse(/```json\n(.*?)```/s.exec(text)![1]!) as { backups: { store: object }[] };
    const taken = backupConfigs.parse(backups);
    expect(taken.map(({ keep }) => keep.monthly)).toEqual([12, 12]);
    // What is written back is read again.
    expect(backupConfigs.parse(JSON.parse(JSON.stringify(taken)))).toEqual(taken);
    const [one, other] = backups;
    expect(backupConfigs.safeParse([one, one]).success).toBe(false);
    expect(backupConfigs.safeParse([one, { ...other, store: one!.store }]).success).toBe(false);
    expect(backupConfigs.safeParse([{ ...one, every: '32d' }]).success).toBe(false);
    expect(backupConfigs.safeParse([{ ...one, name: 'by-hand' }]).success).toBe(false);
  });
});

describe('retention', () => {
  const at = (days: number, hours = 0) => ({ id: `${days}-${hours}`, madeAt: START + days * DAY_MS + hours * HOUR_MS });
  const staying = (sets: { id: string; madeAt: number }[], keep: Partial<typeof KEEP>) =>
    [...kept(sets, { last: 0, daily: 0, weekly: 0, monthly: 0, ...keep })].sort();

  it('keeps the newest, and the newest of each of so many days, weeks and months that have one', () => {
    // Two a day for forty days, from Monday the second of March.
    const sets = Array.from({ length: 40 }, (_, day) => [at(day), at(day, 6)]).flat();
    expect(staying(sets, { last: 3 })).toEqual(['38-6', '39-0', '39-6']);
    expect(staying(sets, { daily: 2 })).toEqual(['38-6', '39-6']);
    expect(staying(sets, { weekly: 3 })).toEqual(['27-6', '34-6', '39-6']);
    expect(staying(sets, { monthly: 5 })).toEqual(['29-6', '39-6']);
    expect(staying(sets.toReversed(), { monthly: 5 })).toEqual(['29-6', '39-6']);
  });

  it('never lets the newest go, and counts no day without one', () => {
    expect(staying([at(0), at(300)], {})).toEqual(['300-0']);
    expect(staying([at(0), at(300)], { daily: 2 })).toEqual(['0-0', '300-0']);
  });
});

describe('the schedule', () => {
  const fresh = { madeAt: undefined, failures: 0, failedAt: 0 };
  const noon = Date.UTC(2026, 2, 2, 12);

  it('begins at once, then at multiples of its period, however long a run took', () => {
    expect(dueInMs(fresh, 6 * HOUR_MS, noon + 5)).toBe(0);
    for (const late of [1, 1_000, 5 * HOUR_MS])
      expect(dueInMs({ ...fresh, madeAt: noon + late }, 6 * HOUR_MS, noon + late + 1)).toBe(6 * HOUR_MS - late - 1);
  });

  it('makes one up for a time that was missed, not one for each', () => {
    const away = noon + 40 * HOUR_MS;
    expect(dueInMs({ ...fresh, madeAt: noon }, 6 * HOUR_MS, away)).toBe(0);
    expect(dueInMs({ ...fresh, madeAt: away }, 6 * HOUR_MS, away)).toBe(2 * HOUR_MS);
  });

  it('tries again after a failure: in a minute, two, four, an hour at most', () => {
    const failed = (failures: number) =>
      dueInMs({ madeAt: noon, failures, failedAt: noon + 7 * HOUR_MS }, 6 * HOUR_MS, noon + 7 * HOUR_MS);
    expect([1, 2, 3, 20].map(failed)).toEqual([60_000, 120_000, 240_000, HOUR_MS]);
  });
});
