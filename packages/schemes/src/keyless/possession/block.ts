import { type Bytes, u32 } from '@salus/base';
import { type G1, hashToG1 } from '../pairing/curve.ts';

/** Names one block for ever: content-addressed, so that no two contents share an id (cryptography section 8). */
export interface BlockId {
  /** Merkle root over the shard object's blocks, 32 bytes: the object's name. */
  root: Bytes;
  /** 0, 1, … in the object. */
  index: number;
  cloud: string;
}

/** Ht: what a tag binds a block's content to. `key` is P, 96 bytes. About 0.2 ms. */
export const blockPoint = (key: Bytes, { root, index, cloud }: BlockId): G1 =>
  hashToG1('possession/block', key, root, u32(index), cloud);
