import { type Bytes, concat, equal } from '@salus/base';
import { sha256 } from './hash.ts';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Hash of one leaf, RFC 6962 section 2.1: SHA-256(0x00 ‖ leaf). */
export const leafHash = (leaf: Bytes): Bytes => sha256(LEAF, leaf);

/** Hash of two subtrees, RFC 6962 section 2.1: SHA-256(0x01 ‖ left ‖ right). */
export const nodeHash = (left: Bytes, right: Bytes): Bytes => sha256(NODE, left, right);

/** Root of the empty tree. */
export const EMPTY_ROOT: Bytes = sha256();

/**
 * An append-only Merkle log that keeps only its right edge: the roots of its full subtrees, largest first.
 * Appending and the root cost O(log n) hashes and memory.
 */
export class MerkleFrontier {
  constructor(
    public size = 0,
    readonly edge: Bytes[] = [],
  ) {}

  /** Appends a leaf hash. */
  append(leaf: Bytes): void {
    let node = leaf;
    for (let size = this.size; size % 2 === 1; size = (size - 1) / 2) node = nodeHash(this.edge.pop()!, node);
    this.edge.push(node);
    this.size++;
  }

  /** The root over all leaves so far. */
  root(): Bytes {
    if (this.edge.length === 0) return EMPTY_ROOT;
    return this.edge.reduceRight((right, left) => nodeHash(left, right));
  }

  clone(): MerkleFrontier {
    return new MerkleFrontier(this.size, [...this.edge]);
  }
}

/** Root over leaf hashes, RFC 6962. O(n) hashes. */
export function merkleRoot(leaves: readonly Bytes[]): Bytes {
  const frontier = new MerkleFrontier();
  for (const leaf of leaves) frontier.append(leaf);
  return frontier.root();
}

/** Reads the root of the full subtree of `2^level` leaves that starts at leaf `index · 2^level`. */
export type SubtreeReader = (level: number, index: number) => Bytes;

const splitPoint = (size: number): number => 2 ** Math.ceil(Math.log2(size) - 1);

/** Root of leaves [from, to) using stored full subtrees. */
export function rangeRoot(read: SubtreeReader, from: number, to: number): Bytes {
  const size = to - from;
  if (size === 0) return EMPTY_ROOT;
  const level = Math.log2(size);
  if (Number.isInteger(level) && from % size === 0) return read(level, from / size);
  const middle = from + splitPoint(size);
  return nodeHash(rangeRoot(read, from, middle), rangeRoot(read, middle, to));
}

/** Audit path of leaf `index` in the tree of `size` leaves, RFC 6962 section 2.1.1, leaf upwards. */
export function inclusionPath(read: SubtreeReader, index: number, size: number): Bytes[] {
  const walk = (from: number, to: number): Bytes[] => {
    if (to - from === 1) return [];
    const middle = from + splitPoint(to - from);
    return index < middle
      ? [...walk(from, middle), rangeRoot(read, middle, to)]
      : [...walk(middle, to), rangeRoot(read, from, middle)];
  };
  return walk(0, size);
}

/** Whether the path leads from the leaf hash at `index` to the root of `size` leaves (RFC 9162 section 2.1.3.2). */
export function verifyInclusion(
  leaf: Bytes,
  index: number,
  size: number,
  path: readonly Bytes[],
  root: Bytes,
): boolean {
  if (index < 0 || index >= size) return false;
  let fn = index;
  let sn = size - 1;
  let node = leaf;
  for (const sibling of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      node = nodeHash(sibling, node);
      while (fn % 2 === 0 && fn !== 0) {
        fn = fn / 2;
        sn = Math.floor(sn / 2);
      }
    } else node = nodeHash(node, sibling);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && equal(node, root);
}

/** Proof that the tree of `from` leaves is a prefix of the tree of `to` leaves, RFC 6962 section 2.1.2. */
export function consistencyPath(read: SubtreeReader, from: number, to: number): Bytes[] {
  const walk = (m: number, start: number, end: number, whole: boolean): Bytes[] => {
    if (m === end - start) return whole ? [] : [rangeRoot(read, start, end)];
    const k = splitPoint(end - start);
    return m <= k
      ? [...walk(m, start, start + k, whole), rangeRoot(read, start + k, end)]
      : [...walk(m - k, start + k, end, false), rangeRoot(read, start, start + k)];
  };
  return from === 0 || from === to ? [] : walk(from, 0, to, true);
}

/** Whether the path shows the older root's tree to be a prefix of the newer's (RFC 9162 section 2.1.4.2). */
export function verifyConsistency(
  from: number,
  fromRoot: Bytes,
  to: number,
  toRoot: Bytes,
  path: readonly Bytes[],
): boolean {
  if (from > to) return false;
  if (from === to) return path.length === 0 && equal(fromRoot, toRoot);
  if (from === 0) return path.length === 0 && equal(fromRoot, EMPTY_ROOT);
  const steps = Number.isInteger(Math.log2(from)) ? [fromRoot, ...path] : [...path];
  let fn = from - 1;
  let sn = to - 1;
  while (fn % 2 === 1) {
    fn = (fn - 1) / 2;
    sn = Math.floor(sn / 2);
  }
  let [older, newer] = [steps[0], steps[0]];
  if (!older || !newer) return false;
  for (const step of steps.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      older = nodeHash(step, older);
      newer = nodeHash(step, newer);
      while (fn % 2 === 0 && fn !== 0) {
        fn = fn / 2;
        sn = Math.floor(sn / 2);
      }
    } else newer = nodeHash(newer, step);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && equal(older, fromRoot) && equal(newer, toRoot);
}

/** Body root and shard names: the RFC 6962 root over byte strings as leaves. */
export const merkleRootOf = (leaves: readonly Bytes[]): Bytes => merkleRoot(leaves.map(leafHash));

/** A subtree reader over leaf hashes in memory, for tests and small trees. */
export function readerOver(leaves: readonly Bytes[]): SubtreeReader {
  return (level, index) => merkleRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
}

/** Path bytes on the wire: hashes one behind the other. */
export const joinPath = (path: readonly Bytes[]): Bytes => concat(...path);
