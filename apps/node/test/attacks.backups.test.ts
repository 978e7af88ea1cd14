import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, concat, equal, framed, hex, utf8 } from '@salus/base';
import { decapsulate, ENCAPSULATION_BYTES, openBox, openSalted, sealBox, sha256 } from '@salus/schemes/keyless';
import { MemoryStore, seededRandom } from '@salus/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BackupKeys, backupKeysOf, readBackupKeys } from '../src/backups/keys.ts';
import { BackupPlace, chunkObject } from '../src/backups/place.ts';
import { ChunkOpener, chunkName, openList } from '../src/backups/sealed.ts';
import type { Reference } from '../src/backups/set.ts';
import { backUpTo, restoreFrom } from '../src/index.ts';
import { type FoundedHome, foundedHome, START } from './fixture/foundedHome.ts';

const random = seededRandom('attacks on backups');
let founded: FoundedHome;
let keys: BackupKeys;
let store: MemoryStore;
let sets: string[];
let database: Reference[];
let clock = START;

const backUpNow = () => backUpTo(founded.home, store, { name: 'nightly', random, now: () => (clock += 3_600_000) });
const referencesOf = async (set: string, name: string) => {
  const place = await BackupPlace.open(store, keys);
  return place.references((await place.read(set)).files.find((file) => file.name === name)!);
};

/** Code that a restore ends with; whatever it ends with, no folder of a node is left. */
async function restored(set?: string, recoveryKey = founded.recoveryKey): Promise<string> {
  const home = `${founded.home}-restored`;
  try {
    await restoreFrom(home, store, recoveryKey, set ? { set } : {});
    return 'restored';
  } catch (thrown) {
    expect(existsSync(join(home, 'node'))).toBe(false);
    return (thrown as { code: string }).code;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

beforeAll(async () => {
  founded = await foundedHome('attacked');
  keys = backupKeysOf(founded.recoveryKey);
});
afterAll(() => founded.remove());
beforeEach(async () => {
  store = new MemoryStore();
  await rm(join(founded.home, 'node', 'backups'), { recursive: true, force: true });
  sets = [];
  for (let i = 0; i < 2; i++) {
    sets.push((await backUpNow()).set);
    await founded.change();
  }
  database = await referencesOf(sets[1]!, 'database');
});

describe('a provider of a place for backups', () => {
  it('that alters, cuts, lengthens, swaps or withholds a chunk is found out, by the node without the recovery key and by a restore', async () => {
    expect(await restored()).toBe('restored');
    const [one, other] = [chunkObject(database[0]!.name), chunkObject(database.at(-1)!.name)];
    const whole = store.objects.get(one)!;
    const altered = whole.slice();
    altered[altered.length - 40]! ^= 1;
    const attacks: Record<string, Bytes | undefined> = {
      altered,
      cut: whole.subarray(0, whole.length - 1),
      lengthened: concat(whole, new Uint8Array(1)),
      swapped: store.objects.get(other)!,
      withheld: undefined,
    };
    for (const [attack, bytes] of Object.entries(attacks)) {
      if (bytes) store.objects.set(one, bytes);
      else store.objects.delete(one);
      const place = await BackupPlace.open(store, keys);
      await expect(place.chunk(database[0]!), attack).rejects.toMatchObject({ code: 'backup-unreadable' });
      expect(await restored(), attack).toBe('backup-unreadable');
    }
    // Where its name were no part of what is checked, a chunk of the same length would do.
    const sealed = store.objects.get(other)!;
    const opener = new ChunkOpener(keys, founded.recoveryKey);
    expect(await opener.open(database.at(-1)!.name, sealed)).toBeDefined();
    expect(await opener.open(database[0]!.name, sealed)).toBeUndefined();
  });

  it('that withholds a list, or answers without end, stops a restore and does no more', async () => {
    const list = [...store.objects.keys()].find((name) => name.endsWith('.list'))!;
    store.objects.delete(list);
    expect((await restored(sets[0]!)) === 'restored' && (await restored(sets[1]!)) === 'restored').toBe(false);
    store.objects.set(sets[1]!, new Uint8Array(8 * 1_048_576));
    expect(await restored()).toBe('backup-foreign');
  });

  it('that gives yesterday’s backup under the name of today’s is refused', async () => {
    const yesterdays = store.objects.get(sets[0]!)!;
    store.objects.set(sets[1]!, yesterdays);
    expect(await restored()).toBe('backup-foreign');
    // It is a true one: only that its name is sealed with it tells them apart.
    expect(await openSalted(keys.lists, yesterdays, framed('SALUS1/backup/list', sets[0]!))).toBeDefined();
    expect(await openList(keys, sets[1]!, yesterdays)).toBeUndefined();
  });

  it('that hides today’s backup is noticed by the node at the next one, and by whoever reads what a restore is of', async () => {
    store.objects.delete(sets[1]!);
    const { madeAt } = await restoreFrom(`${founded.home}-old`, store, founded.recoveryKey);
    await rm(`${founded.home}-old`, { recursive: true });
    // All that is left in the place is consistent: nobody who knows only the place can tell.
    expect(madeAt).toBeLessThan(clock);
    expect((await backUpNow()).withheld).toBe(sets[1]);
    // An honest place is not suspected.
    expect((await backUpNow()).withheld).toBeNull();
  });

  it('that knows the recovery key’s public half forges nothing, though it can seal to it', async () => {
    const name = database[0]!.name;
    const forged = await sealBox(keys.recovery, utf8('a database of ours'), utf8('forged'), random);
    // The recovery key opens what anybody sealed to it: sealing alone vouches for nothing.
    expect(await openBox(founded.recoveryKey, keys.recovery, forged, utf8('forged'))).toBeDefined();
    store.objects.set(
      chunkObject(name),
      concat(forged, new Uint8Array(store.objects.get(chunkObject(name))!.length)).subarray(
        0,
        store.objects.get(chunkObject(name))!.length,
      ),
    );
    expect(await restored()).toBe('backup-unreadable');
    store.objects.set('set-99990101-000000-00000000', forged);
    expect(await restored()).toBe('backup-foreign');
  });

  it('cannot tell by the names whether a file that it knows is in the backup', async () => {
    // The genesis is public.
    const genesis = new Uint8Array(await readFile(join(founded.home, 'node', 'genesis.cbor')));
    const tells = (names: Iterable<string>, file: Bytes) =>
      [...names].some((name) => name.startsWith(hex(sha256(file))));
    const [reference] = await referencesOf(sets[1]!, 'genesis');
    const opener = new ChunkOpener(keys, founded.recoveryKey);
    const plaintext = await opener.open(reference!.name, store.objects.get(chunkObject(reference!.name))!);
    // A place that names what it holds by its hash tells everybody who has the file.
    expect(tells([hex(sha256(plaintext!))], genesis)).toBe(true);
    expect(tells(store.objects.keys(), genesis)).toBe(false);
    // Nor does a key of one’s own help.
    expect(store.objects.has(chunkObject(chunkName({ ...keys, names: random(32) }, 'chunk', genesis)))).toBe(false);
    expect(store.objects.has(chunkObject(chunkName(keys, 'chunk', genesis)))).toBe(true);
  });
});

describe('a thief', () => {
  it('of another recovery key opens nothing', async () => {
    expect(await restored(undefined, random(32))).toBe('backup-foreign');
    const object = store.objects.get(chunkObject(database[0]!.name))!;
    expect(await new ChunkOpener(keys, random(32)).open(database[0]!.name, object)).toBeUndefined();
  });

  it('of the node’s disk and of all that the place ever had reads names, sizes and times of old backups, and no content', async () => {
    const object = store.objects.get(chunkObject(database[0]!.name))!;
    const stolen = await readBackupKeys(join(founded.home, 'node'));
    expect(await openList(stolen, sets[0]!, store.objects.get(sets[0]!)!)).toBeDefined();
    const disk = await readFile(join(founded.home, 'node', 'keys', 'backup.cbor'));
    const encapsulation = object.subarray(0, ENCAPSULATION_BYTES);
    const secret = decapsulate(founded.recoveryKey, encapsulation)!;
    // No 32 bytes of what the node keeps are the recovery key, nor what it finds.
    for (let at = 0; at + 32 <= disk.length; at++) {
      const candidate = new Uint8Array(disk.subarray(at, at + 32));
      expect(equal(candidate, founded.recoveryKey) || equal(candidate, secret)).toBe(false);
    }
    for (const candidate of [stolen.checks, stolen.lists, stolen.names])
      expect(await new ChunkOpener(stolen, candidate).open(database[0]!.name, object)).toBeUndefined();
  });
});
