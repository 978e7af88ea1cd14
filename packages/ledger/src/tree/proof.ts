import { type Bytes, concat, decodeCanonical, encodeCanonical, equal, field } from '@salus/base';
import { z } from 'zod';
import { bitAt, EMPTY, keyHash, leafHash, nibbleAt, nodeHash, valueHash } from './hash.ts';
import type { Leaf, Node } from './page.ts';
import type { PageReader } from './tree.ts';

const DEPTH_LIMIT = 256;
/** Largest proof: 256 siblings and their bitmap. Real ones have about log2 of the number of keys. */
export const STATE_PROOF_LIMIT_BYTES = 8_400;

/** Way from the root to where a key is, or would be (spec/ledger.md). */
export const stateProofSchema = z.strictObject({
  /** Number of levels passed. */
  depth: field.uint(DEPTH_LIMIT),
  /** Bit i, from the first: the sibling at level i + 1 is not empty. Unused bits are 0. */
  bitmap: field.bytesUpTo(DEPTH_LIMIT / 8),
  /** Hashes of the siblings that are not empty, from the root downwards. */
  siblings: field.bytesUpTo(32 * DEPTH_LIMIT),
  /** Key hash and value hash of another leaf that stands where the key would be, or null. */
  other: field.bytes(64).nullable(),
});
export type StateProof = z.output<typeof stateProofSchema>;

/** Proof of what the tree holds at a key, present or absent. At most one page read per four levels. */
export function proveKey(read: PageReader, key: string): Bytes {
  const hash = keyHash(key);
  const siblings: (Node | undefined)[] = [];
  const end = descend(read, hash, siblings);
  const bitmap = new Uint8Array(Math.ceil(siblings.length / 8));
  for (const [i, sibling] of siblings.entries()) if (sibling) bitmap[i >> 3]! |= 128 >> (i & 7);
  const proof: StateProof = {
    depth: siblings.length,
    bitmap,
    siblings: concat(...siblings.flatMap((sibling) => (sibling ? [sibling.hash] : []))),
    other: end && !equal(end.key, hash) ? concat(end.key, end.value) : null,
  };
  return encodeCanonical(proof);
}

function descend(read: PageReader, hash: Bytes, siblings: (Node | undefined)[]): Leaf | undefined {
  for (let path = ''; ; path += nibbleAt(hash, path.length).toString(16)) {
    const page = read(path);
    let number = 1;
    let node = page?.top();
    while (page && node && !node.leaf && number < 16) {
      const bit = bitAt(hash, siblings.length);
      siblings.push(page.node(2 * number + (1 - bit)));
      number = 2 * number + bit;
      node = page.node(number);
    }
    if (!node || node.leaf) return node?.leaf;
  }
}

/**
 * Why a proof does not show the value at the key (null: absence) under the root, or undefined where it does. Throws
 * `encoding-*`. Sound because every hash says by its tag what it is of: a way that ends in the empty hash or in another leaf
 * under the key's own prefix leaves no place for the key.
 */
export function stateProofFault(root: Bytes, key: string, value: Bytes | null, bytes: Bytes): string | undefined {
  const proof = decodeCanonical('the state proof', bytes, stateProofSchema, STATE_PROOF_LIMIT_BYTES);
  const siblings = siblingsOf(proof);
  if (!siblings) return 'the bitmap does not fit the siblings';
  const hash = keyHash(key);
  if (value && proof.other) return 'it shows another key';
  if (proof.other && !standsInTheWay(proof.other, hash, proof.depth)) return 'the other key does not stand in the way';
  let node = endHash(hash, value, proof.other);
  for (let level = proof.depth - 1; level >= 0; level--) {
    const sibling = siblings[level]!;
    node = bitAt(hash, level) === 1 ? nodeHash(sibling, node) : nodeHash(node, sibling);
  }
  return equal(node, root) ? undefined : 'it does not lead to the state root';
}

function endHash(hash: Bytes, value: Bytes | null, other: Bytes | null): Bytes {
  if (value) return leafHash(hash, valueHash(value));
  return other ? leafHash(other.subarray(0, 32), other.subarray(32)) : EMPTY;
}

function standsInTheWay(other: Bytes, hash: Bytes, depth: number): boolean {
  if (equal(other.subarray(0, 32), hash)) return false;
  for (let level = 0; level < depth; level++) if (bitAt(other, level) !== bitAt(hash, level)) return false;
  return true;
}

function siblingsOf({ depth, bitmap, siblings }: StateProof): Bytes[] | undefined {
  if (bitmap.length !== Math.ceil(depth / 8)) return undefined;
  const all: Bytes[] = [];
  let at = 0;
  for (let i = 0; i < bitmap.length * 8; i++) {
    const present = bitAt(bitmap, i) === 1;
    if (i >= depth && present) return undefined;
    if (i < depth) all.push(present ? siblings.subarray(at, (at += 32)) : EMPTY);
  }
  return at === siblings.length ? all : undefined;
}
