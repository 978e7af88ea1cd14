import { fromHex, hex, u32 } from '@salus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../src/keyless/hash.ts';
import {
  consistencyPath,
  inclusionPath,
  leafHash,
  MerkleFrontier,
  merkleRoot,
  merkleRootOf,
  nodeHash,
  readerOver,
  verifyConsistency,
  verifyInclusion,
} from '../src/keyless/merkle.ts';

/** RFC 6962 section 2.1, word for word. */
function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

const leavesOf = (count: number) => Array.from({ length: count }, (_, k) => leafHash(u32(k)));
const sizes = fc.integer({ min: 1, max: 70 });

describe('Merkle trees', () => {
  it('give the roots that Certificate Transparency implementations agree on', () => {
    const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const root = (count: number) => hex(merkleRootOf(leaves.slice(0, count).map(fromHex)));
    expect(root(0)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(root(1)).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(root(2)).toBe('fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125');
    expect(root(8)).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  it('agree with the recursive definition at every size, appended one by one', () => {
    const frontier = new MerkleFrontier();
    for (let size = 0; size <= 130; size++) {
      const expected = naiveRoot(leavesOf(size));
      expect(frontier.root()).toEqual(expected);
      expect(merkleRoot(leavesOf(size))).toEqual(expected);
      frontier.append(leafHash(u32(size)));
    }
  });

  it('prove inclusion of each leaf and of no other leaf, place or size', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (size, pick, other) => {
        const leaves = leavesOf(size);
        const [index, elsewhere] = [pick % size, other % size];
        const [path, root] = [inclusionPath(readerOver(leaves), index, size), naiveRoot(leaves)];
        expect(verifyInclusion(leaves[index]!, index, size, path, root)).toBe(true);
        if (elsewhere !== index) {
          expect(verifyInclusion(leaves[elsewhere]!, index, size, path, root)).toBe(false);
          expect(verifyInclusion(leaves[index]!, elsewhere, size, path, root)).toBe(false);
        }
        expect(verifyInclusion(leaves[index]!, index, size, [...path, root], root)).toBe(false);
        if (path.length > 0) expect(verifyInclusion(leaves[index]!, index, size, path.slice(1), root)).toBe(false);
        expect(verifyInclusion(leaves[index]!, size, size, path, root)).toBe(false);
      }),
    );
  });

  it('prove that a log only grew, and refuse a rewritten past', () => {
    fc.assert(
      fc.property(sizes, sizes, fc.nat(), (one, two, pick) => {
        const [from, to] = one <= two ? [one, two] : [two, one];
        const leaves = leavesOf(to);
        const path = consistencyPath(readerOver(leaves), from, to);
        const [older, newer] = [naiveRoot(leaves.slice(0, from)), naiveRoot(leaves)];
        expect(verifyConsistency(from, older, to, newer, path)).toBe(true);
        const rewritten = leaves.with(pick % from, leafHash(u32(1_000_000)));
        expect(verifyConsistency(from, older, to, naiveRoot(rewritten), path)).toBe(false);
        const forged = consistencyPath(readerOver(rewritten), from, to);
        expect(verifyConsistency(from, older, to, naiveRoot(rewritten), forged)).toBe(false);
        if (from < to) expect(verifyConsistency(from, older, to, newer, [...path, newer])).toBe(false);
      }),
    );
  });
});
