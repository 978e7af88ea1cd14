import { join } from 'node:path';
import { type Bytes, equal, hex, isSalusError } from '@salus/base';
import { parseBlock, readBlockLog } from '@salus/ledger';
import { nodeError } from '../errors.ts';
import { withStore } from '../stores.ts';
import { ahead } from './ahead.ts';
import { pathOf } from './files.ts';
import { readSets } from './forgetting.ts';
import { readBackupKeys } from './keys.ts';
import { type Place, resolvePlace } from './named.ts';
import { withheldFrom } from './notes.ts';
import { BackupPlace, chunkObject, listObject } from './place.ts';
import type { BackupSet, Reference, SetId } from './set.ts';

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
 * anybody, so that the next backup sends it again. Throws `backup-none`, `backup-unknown`, `backup-foreign`, and what the
 * store fails with.
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
    const { chunks, faulty } = await faultyObjects(place, set);
    if (mend) for (const object of faulty) await store.delete(object);
    return {
      ...{ set: id, madeAt: set.madeAt, height: set.height, chunks, faulty },
      withheld: await withheldFrom(directory, name, await readSets(place)),
      sameHistory: sameHistory(pathOf(directory, 'blocks'), set),
    };
  });
}

/** Reads every list and every chunk of a set, each once. Chunks that only a faulty list names are not known. */
async function faultyObjects(place: BackupPlace, { files }: BackupSet): Promise<{ chunks: number; faulty: string[] }> {
  const faulty: string[] = [];
  const check = async (object: string, read: Promise<unknown>) => {
    try {
      await read;
      return true;
    } catch (thrown) {
      if (!isSalusError(thrown, 'backup-unreadable')) throw thrown;
      faulty.push(object);
      return false;
    }
  };
  const chunks = new Map<string, Reference>();
  for (const file of files) {
    const lists = file.lists.map(({ name, sizeBytes }) => ({ name: hex(name), sizeBytes }));
    let whole = true;
    for (const { name, sizeBytes } of lists)
      whole = (await check(listObject(name), place.list(name, sizeBytes))) && whole;
    if (whole) for (const reference of await place.references(file)) chunks.set(reference.name, reference);
  }
  for await (const _ of ahead(chunks.values(), (one) => check(chunkObject(one.name), place.chunk(one))));
  return { chunks: chunks.size, faulty };
}

/** Reads the ledger's blocks up to the set's. */
function sameHistory(log: string, { height, block }: BackupSet): boolean | null {
  if (block === null) return true;
  let at = 0;
  for (const bytes of readBlockLog(log).blocks) if (++at === height) return equal(hashOf(bytes), block);
  return null;
}

const hashOf = (block: Bytes): Bytes => parseBlock(block).header.hash;
