import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bytes, base64url, concat, encodeCanonical, equal, hex, utf8 } from '@salus/base';
import { initPairing } from '@salus/schemes/keyless';
import { type HostileCase, type HostileTarget, hostileSuite, MemoryStore, seededRandom } from '@salus/testkit';
import { client as opaque } from '@serenity-kit/opaque';
import { afterAll, describe, it } from 'vitest';
import { backupKeysOf, readBackupKeys, writeBackupKeys } from '../src/backups/keys.ts';
import { noteBackup, readNote, workFolder } from '../src/backups/notes.ts';
import { BackupPlace } from '../src/backups/place.ts';
import { encodeReference, encodeSet, parseReferences, parseSet } from '../src/backups/set.ts';
import { SetWriter } from '../src/backups/writer.ts';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/database/open.ts';
import { backUpTo, restoreFrom } from '../src/index.ts';
import { Logins } from '../src/logins.ts';
import { isNumber } from '../src/number.ts';
import { markRestored, readRestored } from '../src/restored.ts';
import { makeSecrets, readSecrets } from '../src/secrets.ts';
import { readOrMakeKeys } from '../src/tagger/keys.ts';
import { foundedHome } from './fixture/foundedHome.ts';

await initPairing();
const random = seededRandom('hostile');
const folder = mkdtempSync(join(tmpdir(), 'salus-hostile-'));
mkdirSync(join(folder, 'keys'));
const home = foundedHome('hostile backups');
afterAll(async () => (await home).remove());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file of a node's folder, first as it was written there, read by what reads it there. */
async function fileIn(name: string, read: (directory: string) => Promise<unknown>): Promise<HostileTarget> {
  const file = join(folder, name);
  const take = async (bytes: Bytes) => {
    await writeFile(file, bytes);
    return read(folder);
  };
  return { samples: [new Uint8Array(await readFile(file))], take, parallel: 1 };
}

const cases: HostileCase[] = [
  {
    what: 'node.json',
    usual: 2_000,
    make: async () => {
      const stores = [1, 2].map((i) => ({ name: `store-${i}`, folder: `clouds/${i}` }));
      const backups = [{ name: 'nightly', every: '1d', keep: { last: 2 }, store: { name: 'place', folder: 'place' } }];
      const net = { host: '127.0.0.1', port: 8480, origins: ['https://records.example'] };
      const config = { ...net, stores, dataShards: 1, backups };
      await writeFile(join(folder, 'node.json'), JSON.stringify(config));
      return fileIn('node.json', readConfig);
    },
  },
  {
    what: 'the file of a node’s keys',
    usual: 2_000,
    make: async () => {
      const file = join('keys', 'node.cbor');
      await writeFile(join(folder, file), encodeCanonical(await makeSecrets(random)));
      return fileIn(file, readSecrets);
    },
  },
  {
    what: 'the file of a node’s tagging keys',
    usual: 2_000,
    make: async () => {
      const read = (directory: string) => readOrMakeKeys(directory, 'hospital', random);
      await read(folder);
      return fileIn(join('keys', 'tagging.cbor'), read);
    },
  },
  {
    what: 'the file of what a node keeps of its recovery key',
    usual: 2_000,
    make: async () => {
      await writeBackupKeys(folder, random(32));
      return fileIn(join('keys', 'backup.cbor'), readBackupKeys);
    },
  },
  {
    what: 'the note of a backup',
    usual: 2_000,
    make: async () => {
      await workFolder(folder, 'nightly');
      await noteBackup(folder, 'nightly', { set: 'a set', madeAt: 1_000, height: 6 });
      await noteBackup(folder, 'nightly', { set: 'a set', madeAt: 1_000, height: 7 });
      return fileIn(join('backups', 'nightly', 'note.cbor'), (directory) => readNote(directory, 'nightly'));
    },
  },
  {
    what: 'what a folder says of its restoration',
    usual: 2_000,
    make: async () => {
      await markRestored(folder, { id: hex(random(16)), restoredAt: 2_000, backedUpAt: 1_000 });
      return fileIn('restored.cbor', readRestored);
    },
  },
  {
    what: 'a set of a backup, sealed as it should be',
    usual: 5_000,
    make: async () => ({ samples: [await aSet()], take: parseSet }),
  },
  {
    what: 'a list of chunks of a backup',
    usual: 5_000,
    make: () => ({
      samples: [concat(...[1, 2, 3].map((sizeBytes) => encodeReference({ name: hex(random(32)), sizeBytes })))],
      take: parseReferences,
    }),
  },
  { what: 'an object of a backup’s place, whatever its name', usual: 100, make: placeOfBackups },
  { what: 'a restored backup', usual: 50, make: restoredBackup },
  {
    what: 'a patient number',
    usual: 100_000,
    make: () => ({ samples: [utf8('482910')], take: (bytes) => isNumber(Buffer.from(bytes).toString('utf8')) }),
  },
  { what: 'a login', usual: 1_000, make: logins },
];

async function aSet(): Promise<Bytes> {
  const place = await backedUp(new MemoryStore());
  const { v: _, ...set } = await place.read(place.sets[0]!);
  return encodeSet(set);
}

/** A backup of a founded node, in a store. */
async function backedUp(store: MemoryStore): Promise<BackupPlace> {
  await backUpTo((await home).home, store, { random });
  return BackupPlace.open(store, backupKeysOf((await home).recoveryKey));
}

/** Any object may be replaced by anything: a restore refuses it, or it was not needed. */
async function placeOfBackups(): Promise<HostileTarget> {
  const store = new MemoryStore();
  await backedUp(store);
  const { recoveryKey } = await home;
  const objects = [...store.objects];
  let turn = 0;
  const take = async (bytes: Bytes) => {
    const [name, whole] = objects[turn++ % objects.length]!;
    store.objects.set(name, bytes);
    try {
      await restoreFrom(join(folder, `restored-${turn}`), store, recoveryKey);
      if (!equal(bytes, whole)) throw new Error(`${name} was restored from other bytes`);
      return true;
    } finally {
      store.objects.set(name, whole);
      await rm(join(folder, `restored-${turn}`), { recursive: true, force: true });
    }
  };
  return { samples: [], near: objects.map(([, object]) => object.slice(0, 5_000)), take, parallel: 1 };
}

/** A node that was broken into writes what it likes, under its own keys. */
async function restoredBackup(): Promise<HostileTarget> {
  const { home: founded, recoveryKey } = await home;
  const secrets = new Uint8Array(await readFile(join(founded, 'node', 'keys', 'node.cbor')));
  const whole = new MemoryStore();
  await backedUp(whole);
  const take = async (bytes: Bytes) => {
    const store = new MemoryStore();
    for (const [name, object] of whole.objects) store.objects.set(name, object);
    const place = await BackupPlace.open(store, backupKeysOf(recoveryKey));
    const set = await place.read(place.sets[0]!);
    const writer = new SetWriter(place, random);
    const replaced = await writer.file('secrets', [bytes]);
    const files = set.files.map((file) => (file.name === 'secrets' ? replaced : file));
    await writer.finish({ ...set, madeAt: set.madeAt + 1_000, files });
    const target = join(folder, 'restored');
    try {
      await restoreFrom(target, store, recoveryKey);
      return true;
    } finally {
      await rm(target, { recursive: true, force: true });
    }
  };
  return { samples: [secrets], take, parallel: 1 };
}

/** Messages of the password exchange, one behind the other: to begin with, and to end with. */
async function logins() {
  const database = await openDatabase(join(folder, 'logins.db'));
  const secrets = await makeSecrets(random);
  const node = new Logins({ database, secrets, random, now: () => 0 });
  const { startLoginRequest } = opaque.startLogin({ password: 'correct horse' });
  const handle = random(32);
  const take = async (bytes: Bytes) => {
    const message = base64url(bytes);
    node.startPassword({ handle, request: message });
    const { login } = await node.start({ handle, request: message });
    await node.finish({ login, request: message });
    return true;
  };
  return { samples: [], near: [new Uint8Array(Buffer.from(startLoginRequest, 'base64url'))], take };
}

describe('what a node is given', () => {
  for (const { claim, check, timeoutMs } of hostileSuite(cases, process.env.SALUS_HOSTILE)) it(claim, check, timeoutMs);
});
