import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Bytes, equal, newId, type Random, type TimeMs } from '@salus/base';
import type { ObjectStore } from '@salus/clouds';
import { networkOf } from '@salus/contracts';
import { initPairing, systemRandom } from '@salus/schemes/keyless';
import { readConfig } from '../config.ts';
import { nodeError } from '../errors.ts';
import { readGenesis } from '../genesis.ts';
import { markRestored } from '../restored.ts';
import { readSecrets } from '../secrets.ts';
import { storeOf, withStore } from '../stores.ts';
import { ahead } from './ahead.ts';
import { pathOf, syncFolder, writeContent } from './files.ts';
import { backupKeysOf, writeBackupKeys } from './keys.ts';
import type { DescribedPlace } from './named.ts';
import { BackupPlace } from './place.ts';
import { ChunkOpener } from './sealed.ts';
import { type BackedUpFile, type BackupSet, FILES, type FileName, type SetId } from './set.ts';
import { wantedBy } from './wanted.ts';

export interface Restoring {
  /** The newest unless told. */
  set?: SetId;
  random?: Random;
  now?: () => TimeMs;
}

/** What was restored. */
export interface RestoreReport {
  set: SetId;
  madeAt: TimeMs;
  height: number;
  /** What its stores need and no backup has: files and variables with credentials. */
  wanted: string[];
}

/** Restores from a place. Throws as `restoreFrom`, and `store-config`. */
export const restore = async (
  home: string,
  { target, base }: DescribedPlace,
  recoveryKey: Bytes,
  options: Restoring = {},
): Promise<RestoreReport> =>
  withStore(storeOf(target), { home: base, readOnly: true }, (store) => restoreFrom(home, store, recoveryKey, options));

/**
 * Restores a backup into an empty home, with the organisation's recovery key. Whatever happened since is not there: the
 * stores' newer pieces stay, the ledger's newer blocks do not. So the folder is marked as restored before it is a node's,
 * and the node opens nothing of a patient before devices have caught up (spec/ledger.md). It takes its name only when all
 * of it is on disk: whatever ends this earlier leaves no folder of a node, and nothing in the way of another try.
 * Throws `folder-not-empty`, `backup-none`, `backup-unknown`, `backup-foreign` (another recovery key), `backup-unreadable`.
 */
export async function restoreFrom(
  home: string,
  store: ObjectStore,
  recoveryKey: Bytes,
  { set: asked, random = systemRandom, now = Date.now }: Restoring = {},
): Promise<RestoreReport> {
  await initPairing();
  const directory = join(home, 'node');
  await needEmpty(directory);
  const place = await BackupPlace.open(store, backupKeysOf(recoveryKey));
  const id = asked ?? place.sets.at(-1);
  if (id === undefined) throw nodeError('backup-none');
  const set = await place.read(id);
  const unfinished = `${directory}.restoring`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(join(unfinished, 'ledger'), { recursive: true, mode: 0o700 });
  await writeFiles(unfinished, place, set, new ChunkOpener(place.keys, recoveryKey));
  await checkWhole(unfinished, set);
  await writeBackupKeys(unfinished, recoveryKey);
  await markRestored(unfinished, { id: newId(random), restoredAt: now(), backedUpAt: set.madeAt });
  const wanted = await wantedBy(await readConfig(unfinished), home);
  await rename(unfinished, directory);
  await syncFolder(dirname(directory));
  return { set: id, madeAt: set.madeAt, height: set.height, wanted };
}

async function writeFiles(directory: string, place: BackupPlace, set: BackupSet, opener: ChunkOpener): Promise<void> {
  const files = new Map(set.files.map((file) => [file.name, file]));
  if (files.size !== set.files.length) throw nodeError('backup-unreadable', { why: 'the set names a file twice' });
  for (const name of FILES) {
    const file = files.get(name);
    const content = file && openedContent(place, file, opener);
    if (!content || file.sizeBytes === 0) {
      if (NEEDED.has(name)) throw nodeError('backup-unreadable', { why: `the set has no ${name}` });
    } else if (name !== 'pieces') await writeContent(pathOf(directory, name), content);
  }
}

/** What is read before the ledger is: a node that could not read it would not start. */
async function checkWhole(directory: string, { network }: BackupSet): Promise<void> {
  await readSecrets(directory);
  const genesis = await readGenesis(directory);
  if (!genesis || !equal(networkOf(genesis), network))
    throw nodeError('backup-unreadable', { why: 'its genesis is another than the set says' });
}

const NEEDED: ReadonlySet<FileName> = new Set(['genesis', 'config', 'secrets', 'database']);

/** A file's bytes, chunk by chunk, each the one that the set names. Throws `backup-unreadable`. */
async function* openedContent(place: BackupPlace, file: BackedUpFile, opener: ChunkOpener): AsyncGenerator<Bytes> {
  yield* ahead(await place.references(file), async (reference) => {
    const plaintext = await opener.open(reference.name, await place.chunk(reference));
    if (plaintext) return plaintext;
    throw nodeError('backup-unreadable', { why: `the recovery key does not open chunk ${reference.name}` });
  });
}

async function needEmpty(directory: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
  const held = await readdir(directory).catch(() => []);
  if (held.length > 0) throw nodeError('folder-not-empty', { directory });
}
