import type { Bytes, TimeMs } from '@salus/base';

/** What a whole history comes to. */
export interface Replayed {
  height: number;
  time: TimeMs;
  /** Hash of the last header. */
  hash: Bytes;
  stateRoot: Bytes;
  logRoot: Bytes;
  /** Number of operations. */
  logSize: number;
}

/**
 * Re-derives every block's state from the first with the contracts, checking all signatures, ids, roots and links; the
 * blocks' own words are believed in nothing. Holds the state in memory. Throws `block-refused`, `encoding-*`.
 */
export declare function replay(
  genesisBytes: Bytes,
  blocks: AsyncIterable<Bytes> | Iterable<Bytes>,
  onBlock?: (height: number) => void,
): Promise<Replayed>;
