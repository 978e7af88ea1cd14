import { type Bytes, u32 } from '@salus/base';
import { EMPTY_ROOT, leafHash, MerkleFrontier, merkleRoot, sha256 } from '@salus/schemes/keyless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendToLog } from '../src/log/append.ts';
import { proveInclusion, provenIndex } from '../src/log/proof.ts';

const LEAVES = Array.from({ length: 130 }, (_, n) => sha256(u32(n)));

function logOf(size: number) {
  const frontier = new MerkleFrontier();
  const nodes = new Map<string, Bytes>();
  for (const leaf of LEAVES.slice(0, size))
    for (const { level, index, hash } of appendToLog(frontier, leafHash(leaf))) nodes.set(`${level}/${index}`, hash);
  const read = (level: number, index: number) => nodes.get(`${level}/${index}`)!;
  return { frontier, nodes, read };
}

describe('the log of operations', () => {
  it('keeps every full subtree, and the root of RFC 6962', () => {
    for (let size = 0; size <= LEAVES.length; size++) {
      const { frontier } = logOf(size);
      expect(frontier.root()).toEqual(size === 0 ? EMPTY_ROOT : merkleRoot(LEAVES.slice(0, size).map(leafHash)));
    }
    const { nodes } = logOf(128);
    expect(nodes.size).toBe(255);
  });

  it('proves each operation, and no other, at its place in every size from then on', () => {
    const size = fc.integer({ min: 1, max: 130 });
    const { read } = logOf(130);
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (logSize, which, other) => {
        const index = which % logSize;
        const head = { logSize, logRoot: logOf(logSize).frontier.root() };
        const proof = proveInclusion(read, index, logSize);
        expect(provenIndex(LEAVES[index]!, head, proof)).toBe(index);
        const another = other % LEAVES.length;
        if (another !== index) expect(provenIndex(LEAVES[another]!, head, proof)).toBeUndefined();
      }),
    );
  });
});
