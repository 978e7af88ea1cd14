import type { Bytes } from '@salus/base';
import { type Batch, blocksOf, type CommittedPiece } from '@salus/contracts';
import { type PossessionKey, sampleOf } from '@salus/schemes/keyless';

/** A batch with what its operation lists. */
export interface ListedBatch extends Batch {
  number: number;
  list: CommittedPiece[];
}

/** A block that an audit asks for: the index-th of an object. */
export interface AskedBlock extends CommittedPiece {
  index: number;
  /** The node has said since that the cloud need no longer hold it. */
  retired: boolean;
}

/** What an audit asks of one cloud, in the order of its sample. */
export interface AskedCloud {
  cloud: string;
  /** Blocks that the ledger said it holds. */
  total: number;
  blocks: AskedBlock[];
}

/** Everything that follows from an audit's seed and from what the ledger committed to. */
export interface Challenge {
  seed: Bytes;
  key: PossessionKey;
  clouds: AskedCloud[];
}

/** Whether audits begun in a block of this height ask for a batch. One of the same block does not count, one retired in it still does. */
const isAsked = ({ version, committedAt, retiredAt }: Batch, at: { version: number; height: number }): boolean =>
  version === at.version && committedAt < at.height && (retiredAt === 0 || retiredAt >= at.height);

/**
 * What the seed asks of a cloud: a sample of the blocks of all batches in question, laid one behind the other in the order
 * of their numbers. A prover cannot leave any out: the numbers are the ledger's.
 */
export function askedOf(
  { seed, sample, at }: { seed: Bytes; sample: number; at: { version: number; height: number } },
  cloud: string,
  batches: readonly ListedBatch[],
): AskedCloud {
  const asked = batches.filter((batch) => isAsked(batch, at)).sort((a, b) => a.number - b.number);
  const total = asked.reduce((sum, { blocks }) => sum + blocks, 0);
  const positions = sampleOf(seed, cloud, total, sample);
  const blocks: AskedBlock[] = [];
  let [next, from] = [0, 0];
  for (const { list, retiredAt } of asked)
    for (const piece of list) {
      const end = from + blocksOf(piece.sizeBytes);
      for (; next < positions.length && positions[next]! < end; next++)
        blocks.push({ ...piece, index: positions[next]! - from, retired: retiredAt > 0 });
      from = end;
    }
  return { cloud, total, blocks };
}
