import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, equal, hex, isSalusError } from '@salus/base';
import { parseHeader } from '@salus/ledger';
import type { NodeContext } from '../context.ts';
import { nodeError } from '../errors.ts';
import { takeLock } from '../lock.ts';
import type { Lost } from '../mending.ts';
import { differingProjections } from '../projected.ts';
import { startNode } from '../start.ts';
import { backupKeysOf } from './keys.ts';
import { lookAt, type Place, resolvePlace } from './named.ts';
import { BackupPlace } from './place.ts';
import { restoreFrom } from './restore.ts';
import type { SetId } from './set.ts';

/** Chunks of records put together from the stores' pieces, unless told otherwise. */
const SAMPLE = 64;

export interface Rehearsing {
  set?: SetId;
  sample?: number;
  /** Done with the restored node while it answers, at its address: an owner may open a record there. */
  inside?: (url: string) => Promise<void>;
}

/** What a rehearsal proved of a backup. */
export interface Rehearsal {
  set: SetId;
  madeAt: number;
  /** Every block up to this one was derived again, and the newest is the one that the backup names. */
  height: number;
  operations: number;
  /** What the ledger knows and the database does not. */
  lost: Lost;
  /** Lists that differ from what the blocks give; none where all is well. */
  differing: string[];
  /** Chunks of records drawn by lot, and those that the stores' pieces gave, each checked by its hash. */
  sampled: number;
  whole: number;
}

/**
 * Restores a backup beside the running node, starts what is restored on a free port of this machine alone, checks it, and
 * removes it all. Stores are only looked at, nothing is repaired or backed up there, and the node of this home is not touched.
 * It cannot open a record: that takes an owner's keys. Throws as `restoreFrom`, `node-running`
 * while another rehearsal is under way, and what the restored node does not start with.
 */
export async function rehearse(
  home: string,
  at: Place,
  recoveryKey: Bytes,
  { set, sample = SAMPLE, inside }: Rehearsing = {},
): Promise<Rehearsal> {
  const place = await resolvePlace(home, at);
  const folder = join(home, 'rehearsal');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const release = await takeLock(folder);
  const temporary = join(folder, 'home');
  try {
    // What one that was killed left: the node's secrets lie in it.
    await rm(temporary, { recursive: true, force: true });
    return await lookAt(place, async (store) => {
      const restored = await restoreFrom(temporary, store, recoveryKey, set ? { set } : {});
      const { block } = await (await BackupPlace.open(store, backupKeysOf(recoveryKey))).read(restored.set);
      const node = await startNode({ home: temporary, rehearsalOf: home });
      try {
        const { wanted: _, ...which } = restored;
        const report = { ...which, ...(await checked(node.context, block, temporary, sample)), lost: node.lost };
        await inside?.(node.url);
        return report;
      } finally {
        await node.stop();
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
    await release();
  }
}

async function checked(context: NodeContext, block: Bytes | null, folder: string, sample: number) {
  const { ledger, database } = context;
  // A node that never started writes its first block now.
  if (block && !equal(parseHeader(ledger.header()).hash, block))
    throw nodeError('backup-unreadable', { why: 'its newest block is not the one it names' });
  const differing = await differingProjections(database, ledger, join(folder, 'projected.db'));
  return { operations: ledger.head().logSize, differing, ...(await sampled(context, sample)) };
}

/** Puts chunks together from pieces, as for a reader. */
async function sampled({ database, clouds, log }: NodeContext, sample: number) {
  const rows = await database
    .selectFrom('extent')
    .select('chunk')
    .distinct()
    .orderBy((e) => e.fn('random'))
    .limit(sample)
    .execute();
  let whole = 0;
  for (const { chunk } of rows) {
    try {
      for await (const _ of clouds.getChunks([chunk])) whole++;
    } catch (thrown) {
      if (!isSalusError(thrown)) throw thrown;
      log.warn({ chunk: hex(chunk), code: thrown.code }, 'a chunk cannot be put together');
    }
  }
  return { sampled: rows.length, whole };
}
