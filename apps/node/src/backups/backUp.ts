import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, encodeCanonical, isSalusError, type Random, type TimeMs } from '@salus/base';
import type { ObjectStore } from '@salus/clouds';
import { networkOf } from '@salus/contracts';
import { parseBlock, readBlockLog } from '@salus/ledger';
import { initPairing, systemRandom } from '@salus/schemes/keyless';
import { copyDatabase } from '../database/open.ts';
import { nodeError } from '../errors.ts';
import { readGenesis } from '../genesis.ts';
import { takeLock } from '../lock.ts';
import { readSecrets } from '../secrets.ts';
import { storeOf, withStore } from '../stores.ts';
import { contentOf, pathOf } from './files.ts';
import { type Forgotten, forgetOld, readSets } from './forgetting.ts';
import { readBackupKeys } from './keys.ts';
import { BY_HAND, noteBackup, readNote, workFolder } from './notes.ts';
import { BackupPlace } from './place.ts';
import type { Keep } from './retention.ts';
import type { SetId } from './set.ts';
import { type Sent, SetWriter } from './writer.ts';

export interface BackingUp {
  /** Name of the backup in node.json; by hand unless told. */
  name?: string;
  /** Everything stays unless told. */
  keep?: Keep;
  random?: Random;
  now?: () => TimeMs;
}

/** What a backup did. */
export interface BackupReport {
  set: SetId;
  madeAt: TimeMs;
  height: number;
  sent: Sent;
  forgotten: Forgotten;
  /** The set that this node wrote last and that the place no longer has, though nobody removed it. */
  withheld: SetId | null;
}

/** Backs a node up into the place that a store's description names; paths in it begin at the home. Throws as `backUpTo`, and `store-config`. */
export const backUp = async (home: string, target: unknown, options: BackingUp = {}): Promise<BackupReport> =>
  withStore(storeOf(target), { home }, (store) => backUpTo(home, store, options));

/**
 * Backs a node up into a place, while it runs or not: genesis, configuration, secrets, a consistent copy of the database,
 * and the block log, whose last block may be cut and is then left out at the restore. Only what is not there yet is sent.
 * Devices are told its height, so that they keep what comes after. Throws `backup-running`, `backup-key-missing`,
 * `backup-foreign`, and what the store fails with: then the place has what it had before, and leftovers that the next run
 * uses or removes.
 */
export async function backUpTo(home: string, store: ObjectStore, options: BackingUp = {}): Promise<BackupReport> {
  const { name = BY_HAND } = options;
  await initPairing();
  const directory = join(home, 'node');
  const keys = await readBackupKeys(directory);
  const genesis = await readGenesis(directory);
  if (!genesis) throw nodeError('genesis-mismatch');
  const release = await lockOf(directory, name);
  try {
    const place = await BackupPlace.open(store, keys);
    // Whatever is not ours is found before anything is sent.
    const sets = await readSets(place);
    const last = await readNote(directory, name);
    const withheld = last && !sets.has(last.set) ? last.set : null;
    const report = await writeSet(directory, place, networkOf(genesis), options);
    await noteBackup(directory, name, report);
    const forgotten = options.keep ? await forgetOld(place, options.keep) : { sets: [], objects: 0 };
    return { ...report, forgotten, withheld };
  } finally {
    await release();
  }
}

async function writeSet(
  directory: string,
  place: BackupPlace,
  network: Bytes,
  { name = BY_HAND, random = systemRandom, now = Date.now }: BackingUp,
) {
  const copy = join(await workFolder(directory, name), 'database.copy');
  const writer = new SetWriter(place, random);
  const madeAt = now();
  try {
    await rm(copy, { force: true });
    // The database first: rows of operations that the ledger's copy lacks would be swept at the restore.
    await copyDatabase(pathOf(directory, 'database'), copy);
    const { height, block } = newestBlock(pathOf(directory, 'blocks'));
    const files = [
      await writer.file('database', contentOf(copy)),
      await writer.file('blocks', contentOf(pathOf(directory, 'blocks'))),
      await writer.file('secrets', [encodeCanonical(await readSecrets(directory))]),
      await writer.file('restored', contentOf(pathOf(directory, 'restored'))),
      await writer.file('config', contentOf(pathOf(directory, 'config'))),
      await writer.file('genesis', contentOf(pathOf(directory, 'genesis'))),
    ];
    const set = await writer.finish({ network, madeAt, height, block, files, content: null });
    return { set, madeAt, height, sent: writer.sent };
  } finally {
    await writer.abandon();
    await rm(copy, { force: true });
  }
}

/** Reads the whole log once. A node that never started has no block yet. */
function newestBlock(log: string): { height: number; block: Bytes | null } {
  let newest: Bytes | undefined;
  try {
    for (const block of readBlockLog(log).blocks) newest = block;
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
  }
  if (!newest) return { height: 0, block: null };
  const { header, hash } = parseBlock(newest).header;
  return { height: header.height, block: hash };
}

async function lockOf(directory: string, name: string): Promise<() => Promise<void>> {
  try {
    return await takeLock(await workFolder(directory, name));
  } catch (thrown) {
    if (isSalusError(thrown, 'node-running')) throw nodeError('backup-running', { name, pid: thrown.facts.pid! });
    throw thrown;
  }
}
