import { join } from 'node:path';
import { type Bytes, fromHex, isSalusError } from '@salus/base';
import type { ObjectStore, ShardPlace } from '@salus/clouds';
import { initPairing } from '@salus/schemes/keyless';
import { readConfig } from '../config.ts';
import { logOf, openDatabase } from '../database/open.ts';
import { nodeError } from '../errors.ts';
import { takeLock } from '../lock.ts';
import { DatabasePlacement } from '../placement.ts';
import { openStoreOf, storeOf, withStore } from '../stores.ts';
import { backupKeysOf } from './keys.ts';
import type { DescribedPlace } from './named.ts';
import { type StoresByName, stripesOf } from './pieces.ts';
import { BackupPlace } from './place.ts';
import { ChunkOpener, chunkName } from './sealed.ts';
import type { Reference, SetId } from './set.ts';

/** What became of the pieces of a restored node. */
export interface PiecesReport {
  stripes: number;
  /** Pieces put where they belong. */
  put: number;
  /** Pieces that were there. */
  there: number;
  /** Stripes of which fewer pieces than suffice are there now. */
  lost: number;
}

interface Restoring {
  placement: DatabasePlacement;
  stores: StoresByName;
  place: BackupPlace;
  opener: ChunkOpener;
  held: ReadonlyMap<string, Reference>;
}

/**
 * Puts pieces of records from a backup with content into the stores that the restored node's configuration names, where they
 * are missing; what is there stays. The rest of each stripe is made again by the node's own repair. The node must not run.
 * May be broken off and run again. Throws `node-running`, `backup-unreadable`, and as `restoreFrom`.
 */
export async function restorePieces(
  home: string,
  { target, base }: DescribedPlace,
  recoveryKey: Bytes,
  { set: wanted }: { set?: SetId } = {},
): Promise<PiecesReport> {
  await initPairing();
  const directory = join(home, 'node');
  const { stores: entries } = await readConfig(directory);
  const release = await takeLock(directory);
  const opened = entries.map((entry) => openStoreOf(entry, { home }));
  const databaseFile = join(directory, 'salus.db');
  const database = await openDatabase(databaseFile);
  try {
    return await withStore(storeOf(target), { home: base, readOnly: true }, async (store) => {
      const place = await BackupPlace.open(store, backupKeysOf(recoveryKey));
      return restoreInto({
        placement: new DatabasePlacement(database, logOf(databaseFile)),
        stores: new Map(opened.map((one) => [one.name, one.store])),
        place,
        opener: new ChunkOpener(place.keys, recoveryKey),
        held: await piecesIn(place, wanted),
      });
    });
  } finally {
    await database.destroy();
    for (const one of opened) await one.close();
    await release();
  }
}

async function piecesIn(place: BackupPlace, wanted: SetId | undefined): Promise<Map<string, Reference>> {
  const id = wanted ?? place.sets.at(-1);
  if (id === undefined) throw nodeError('backup-none');
  const pieces = (await place.read(id)).files.find(({ name }) => name === 'pieces');
  if (!pieces) throw nodeError('backup-unreadable', { why: `${id} was made without pieces of records` });
  return new Map((await place.references(pieces)).map((reference) => [reference.name, reference]));
}

async function restoreInto(restoring: Restoring): Promise<PiecesReport> {
  const report: PiecesReport = { stripes: 0, put: 0, there: 0, lost: 0 };
  for await (const { k, shards } of stripesOf(restoring.placement)) {
    const states: ShardPlace[] = [];
    for (const shard of shards) states.push({ ...shard, state: await restorePiece(restoring, shard, report) });
    await restoring.placement.noteStates(states);
    report.stripes++;
    if (states.filter(({ state }) => state === 'stored').length < k) report.lost++;
  }
  return report;
}

async function restorePiece(
  restoring: Restoring,
  shard: ShardPlace,
  report: PiecesReport,
): Promise<ShardPlace['state']> {
  const store = restoring.stores.get(shard.store);
  if (!store || shard.name === null) return 'missing';
  if (await isThere(store, shard.name)) {
    report.there++;
    return 'stored';
  }
  const { place, opener, held } = restoring;
  const reference = held.get(chunkName(place.keys, 'piece', fromHex(shard.name)));
  if (!reference) return 'missing';
  const object = await opener.open(reference.name, await place.chunk(reference));
  if (!object) throw nodeError('backup-unreadable', { why: `the recovery key does not open piece ${reference.name}` });
  await store.put(shard.name, object);
  report.put++;
  return 'stored';
}

/** A store that is away may have it: only its own word that it has not counts. */
async function isThere(store: ObjectStore, name: string): Promise<boolean> {
  try {
    for await (const _ of store.get(name, { lengthBytes: 1 })) return true;
    return true;
  } catch (thrown) {
    if (isSalusError(thrown, 'object-unknown')) return false;
    throw thrown;
  }
}
