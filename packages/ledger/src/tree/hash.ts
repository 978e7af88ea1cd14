import { type Bytes, framed } from '@salus/base';
import { digest, sha256 } from '@salus/schemes/keyless';

/** Hash of an empty subtree: 32 zero bytes, which no SHA-256 is known to give. */
export const EMPTY: Bytes = new Uint8Array(32);

/** Place of a key in the tree: its 256 bits from the first. */
export const keyHash = (key: string): Bytes => digest('SALUS1/state-key', key);

/** What a leaf commits to. */
export const valueHash = (value: Bytes): Bytes => digest('SALUS1/state-value', value);

/** Hash of two 32-byte parts under a tag. The frame around them is laid out once: these are the tree's only hot hashes. */
function pairHash(tag: string): (first: Bytes, second: Bytes) => Bytes {
  const input = framed(tag, EMPTY, EMPTY);
  const [firstAt, secondAt] = [input.length - 68, input.length - 32];
  return (first, second) => {
    input.set(first, firstAt);
    input.set(second, secondAt);
    return sha256(input);
  };
}

/** Hash of a leaf: SHA-256(framed("SALUS1/state-leaf", key hash, value hash)). */
export const leafHash = pairHash('SALUS1/state-leaf');

/** Hash of two subtrees that hold at least two leaves together: SHA-256(framed("SALUS1/state-node", left, right)). */
export const nodeHash = pairHash('SALUS1/state-node');

/** Bit of a hash, 0 being the first. */
export const bitAt = (hash: Bytes, index: number): number => (hash[index >> 3]! >> (7 - (index & 7))) & 1;

/** Four bits of a hash, 0 being the first four. */
export const nibbleAt = (hash: Bytes, index: number): number =>
  index % 2 === 0 ? hash[index >> 1]! >> 4 : hash[index >> 1]! & 15;
