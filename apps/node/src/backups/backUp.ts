import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Bytes, isSalusError, type Random, type TimeMs } from '@salus/base';
import type { ObjectStore } from '@salus/clouds';
import { networkOf } from '@salus/contracts';
import { parseBlock, readBlockLog } from '@salus/ledger';
import { initPairing, systemRandom } from '@salus/schemes/keyless';
import { readConfig } from '../config.ts';
import { copyDatabase, logOf, openDatabase } from '../database/open.ts';
import { nodeError } from '../errors.ts';
import { readGenesis } from '../genesis.ts';
import { DatabasePlacement } from '../placement.ts';
import { type AroundStore, openStoreOf, withStore } from '../stores.ts';
import { contentOf, type NodeFile, pathOf } from './files.ts';
import { type Forgotten, forgetOld, readSets } from './forgetting.ts';
import { readBackupKeys } from './keys.ts';
import { type Place, resolvePlace } from './named.ts';
import { BY_HAND, lockBackup, noteBackup, withheldFrom, workFolder } from './notes.ts';
import { backUpPieces } from './pieces.ts';
import { BackupPlace } from './place.ts';
import type { Keep } from './retention.ts';
import type { BackupSet, SetId } from './set.ts';
import { type Sent, SetWriter } from './writer.ts';

export interface BackingUp {
  /** Name of the backup in node.json; by hand unless told. */
  name?: string;
  /** Everything stays unless told. */
  keep?: Keep;
  /** Pieces of records, too; not unless told. */
  content?: boolean;
  random?: Random;
  now?: () => TimeMs;
  /** Breaks it off, with `backup-stopped`. */
  signal?: AbortSignal;
  /** Wraps the place’s store, for tests of what happens when it fails. */
  around?: AroundStore | undefined;
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
  /** Stripes of which too few pieces could be read for this backup. */
  unread: number;
  /** Why nothing was removed: what other sets need cannot be read. Null where that is not so. */
  unswept: string | null;
}

/** Backs a node up into a place of node.json, by its rules, or into one that is described. Throws as `backUpTo` and `resolvePlace`. */
export async function backUp(home: string, at: Place, options: BackingUp = {}): Promise<BackupReport> {
  const { name, store, base, keep, content } = await resolvePlace(home, at);
  const rules = { name, ...(keep ? { keep } : {}), ...(content === undefined ? {} : { content }) };
  const around = options.around ? { around: options.around } : {};
  return withStore(store, { home: base, ...around }, (opened) => backUpTo(home, opened, { ...rules, ...options }));
}

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
  const release = await lockBackup(directory, name);
  try {
    const place = await BackupPlace.open(store, keys);
    // Whatever is not ours is found before anything is sent.
    const sets = await readSets(place);
    const withheld = await withheldFrom(directory, name, sets);
    const report = await writeSet(directory, place, networkOf(genesis), options);
    await noteBackup(directory, name, report);
    sets.set(report.set, await place.read(report.set));
    return { ...report, withheld, ...(await swept(place, sets, options.keep)) };
  } finally {
    await release();
  }
}

/** A list that is damaged keeps everything where it is until somebody has mended the place; the new set stands. */
async function swept(
  place: BackupPlace,
  sets: ReadonlyMap<SetId, BackupSet>,
  keep: Keep | undefined,
): Promise<Pick<BackupReport, 'forgotten' | 'unswept'>> {
  try {
    return { forgotten: await forgetOld(place, sets, keep), unswept: null };
  } catch (thrown) {
    if (!isSalusError(thrown, 'backup-unreadable')) throw thrown;
    return { forgotten: { sets: [], objects: 0 }, unswept: String(thrown.facts.why) };
  }
}

/** All but the database, which is copied first. */
const REST = ['blocks', 'secrets', 'restored', 'config', 'genesis'] as const satisfies NodeFile[];

async function writeSet(
  directory: string,
  place: BackupPlace,
  network: Bytes,
  { name = BY_HAND, content = false, random = systemRandom, now = Date.now, signal }: BackingUp,
) {
  const folder = join(await workFolder(directory, name), 'copy');
  const copy = join(folder, 'salus.db');
  const writer = new SetWriter(place, random, signal);
  const madeAt = now();
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { mode: 0o700 });
    // The database first: rows of operations that the ledger's copy lacks would be swept at the restore.
    await copyDatabase(pathOf(directory, 'database'), copy);
    const { height, block } = await newestBlock(pathOf(directory, 'blocks'));
    const files = [await writer.file('database', contentOf(copy))];
    for (const file of REST) files.push(await writer.file(file, contentOf(pathOf(directory, file))));
    const pieces = content ? await contentIn(directory, copy, writer) : null;
    if (pieces) files.push(pieces.file);
    const unread = pieces?.unread ?? 0;
    const counted = pieces && { stripes: pieces.stripes, unread };
    const set = await writer.finish({ network, madeAt, height, block, files, content: counted });
    return { set, madeAt, height, sent: writer.sent, unread };
  } finally {
    await writer.abandon();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Pieces as the copied database places them, so that the two agree; the stores are only looked at. */
async function contentIn(directory: string, copy: string, writer: SetWriter) {
  const opening = { home: dirname(directory), readOnly: true };
  const stores = (await readConfig(directory)).stores.map((entry) => openStoreOf(entry, opening));
  const database = await openDatabase(copy);
  try {
    const byName = new Map(stores.map(({ name, store }) => [name, store]));
    return await backUpPieces(writer, new DatabasePlacement(database, logOf(copy)), byName);
  } finally {
    await database.destroy();
    for (const store of stores) await store.close();
  }
}

/** Blocks read without a pause: a running node answers in between. */
const BLOCKS_PER_STEP = 256;

/** Reads the whole log once. A node that never started has no block yet. */
async function newestBlock(log: string): Promise<{ height: number; block: Bytes | null }> {
  let newest: Bytes | undefined;
  let count = 0;
  try {
    for (const block of readBlockLog(log).blocks) {
      newest = block;
      if (++count % BLOCKS_PER_STEP === 0) await setImmediate();
    }
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
  }
  if (!newest) return { height: 0, block: null };
  const { header, hash } = parseBlock(newest).header;
  return { height: header.height, block: hash };
}
