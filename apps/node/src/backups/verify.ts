import { join } from 'node:path';
import { type Bytes, equal, isSalusError } from '@salus/base';
import { parseBlock, readBlockLog } from '@salus/ledger';
import { nodeError } from '../errors.ts';
import { withStore } from '../stores.ts';
import { pathOf } from './files.ts';
import { readSets } from './forgetting.ts';
import { readBackupKeys } from './keys.ts';
import { type Place, resolvePlace } from './named.ts';
import { withheldFrom } from './notes.ts';
import { BackupPlace, chunkObject } from './place.ts';
import type { BackupSet, SetId } from './set.ts';

/** What a place has of a backup, as far as it can be told without the recovery key: which is whether it is what was written. */
export interface Verified {
  set: SetId;
  madeAt: number;
  height: number;
  /** Chunks read, and what is wrong with some: object names. */
  chunks: number;
  faulty: string[];
  /** The node wrote this set last and the place has it not: it shows an older state. Null where that is not so. */
  withheld: SetId | null;
  /** Whether its newest block is in the ledger of this node; null where that node has not so many blocks. */
  sameHistory: boolean | null;
}

/**
 * Reads all of a backup and compares it with the node of this home. With `mend`, removes what is damaged, which is of no use to
 * anybody, so that the next backup sends it again. Throws `backup-none`, `backup-unknown`, `backup-foreign`,
 * `backup-unreadable` where a list is damaged, and what the store fails with.
 */
export async function verifyBackup(
  home: string,
  at: Place,
  { set: wanted, mend = false }: { set?: SetId; mend?: boolean } = {},
): Promise<Verified> {
  const directory = join(home, 'node');
  const keys = await readBackupKeys(directory);
  const { name, store: config, base } = await resolvePlace(home, at);
  return withStore(config, { home: base, readOnly: !mend }, async (store) => {
    const place = await BackupPlace.open(store, keys);
    const id = wanted ?? place.sets.at(-1);
    if (id === undefined) throw nodeError('backup-none');
    const set = await place.read(id);
    const { chunks, faulty } = await faultyChunks(place, set);
    if (mend) for (const object of faulty) await store.delete(object);
    return {
      ...{ set: id, madeAt: set.madeAt, height: set.height, chunks, faulty },
      withheld: await withheldFrom(directory, name, await readSets(place)),
      sameHistory: sameHistory(pathOf(directory, 'blocks'), set),
    };
  });
}

async function faultyChunks(place: BackupPlace, set: BackupSet): Promise<{ chunks: number; faulty: string[] }> {
  const faulty = new Set<string>();
  const seen = new Set<string>();
  for (const file of set.files)
    for (const reference of await place.references(file)) {
      if (seen.has(reference.name)) continue;
      seen.add(reference.name);
      await place.chunk(reference).catch((thrown: unknown) => {
        if (!isSalusError(thrown, 'backup-unreadable')) throw thrown;
        faulty.add(chunkObject(reference.name));
      });
    }
  return { chunks: seen.size, faulty: [...faulty] };
}

/** Reads the ledger's blocks up to the set's. */
function sameHistory(log: string, { height, block }: BackupSet): boolean | null {
  if (block === null) return true;
  let at = 0;
  for (const bytes of readBlockLog(log).blocks) if (++at === height) return equal(hashOf(bytes), block);
  return null;
}

const hashOf = (block: Bytes): Bytes => parseBlock(block).header.hash;
