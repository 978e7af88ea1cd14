import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Bytes } from '@salus/base';
import { seededRandom } from '@salus/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode, reconstruct } from '../src/erasure.ts';
import { generator, invert, multiply } from '../src/gf256.ts';

const random = seededRandom('erasure');
const data = (k: number, length: number): Bytes[] => Array.from({ length: k }, () => random(Math.min(length, 8000)));

/** Every set of `size` out of 0 … n − 1. */
function* subsets(n: number, size: number, from = 0): Iterable<number[]> {
  if (size === 0) yield [];
  else for (let i = from; i < n; i++) for (const rest of subsets(n, size - 1, i + 1)) yield [i, ...rest];
}

const naive = (rows: number[][], shards: readonly Bytes[]): Bytes[] =>
  rows.map((row) =>
    shards[0]!.map((_, at) => row.reduce((sum, value, j) => sum ^ multiply(value, shards[j]![at]!), 0)),
  );

const same = (a: Bytes, b: Bytes): boolean => Buffer.from(a).equals(b);

describe('erasure code', () => {
  for (const [k, n, length] of [
    [4, 6, 1000],
    [1, 2, 33],
    [2, 3, 1],
    [3, 7, 31],
    [5, 8, 4096],
  ] as const)
    it(`gives everything back from every ${k} of ${n} shards`, () => {
      const shards = data(k, length);
      const all = [...shards, ...encode(k, n, shards)];
      for (const kept of subsets(n, k)) {
        const present = new Map(kept.map((index) => [index, all[index]!]));
        const wanted = all.map((_, index) => index).filter((index) => !present.has(index));
        for (const [i, rebuilt] of reconstruct(k, n, present, wanted).entries())
          expect(same(rebuilt, all[wanted[i]!]!), `shard ${wanted[i]} from ${kept}`).toBe(true);
      }
    });

  it('computes what the plain sum of products gives, at any length around tile and vector edges', () => {
    for (const length of [1, 15, 16, 31, 32, 33, 32_767, 32_768, 32_769, 65_536 + 5]) {
      const shards = Array.from({ length: 3 }, () => {
        const shard = new Uint8Array(length);
        shard.set(random(Math.min(length, 8000)), Math.max(0, length - 8000));
        return shard;
      });
      const expected = naive(generator(3, 5).slice(3), shards);
      expect(encode(3, 5, shards).every((parity, i) => same(parity, expected[i]!))).toBe(true);
    }
  });

  it('holds for any code up to 32 shards and any losses it allows', () => {
    const code = fc.integer({ min: 2, max: 32 }).chain((n) =>
      fc.record({
        n: fc.constant(n),
        k: fc.integer({ min: 1, max: n - 1 }),
        order: fc.shuffledSubarray([...Array(n).keys()], { minLength: n }),
        length: fc.integer({ min: 1, max: 200 }),
      }),
    );
    fc.assert(
      fc.property(code, ({ n, k, order, length }) => {
        const shards = data(k, length);
        const all = [...shards, ...encode(k, n, shards)];
        const present = new Map(order.slice(0, k).map((index) => [index, all[index]!]));
        return reconstruct(k, n, present, order).every((shard, i) => same(shard, all[order[i]!]!));
      }),
    );
  });

  it('is linear: the parity of a sum is the sum of the parities', () => {
    const [a, b] = [data(4, 500), data(4, 500)];
    const sum = a.map((shard, i) => shard.map((byte, at) => byte ^ b[i]![at]!));
    const [pa, pb] = [encode(4, 6, a), encode(4, 6, b)];
    expect(
      encode(4, 6, sum).every((p, i) =>
        same(
          p,
          pa[i]!.map((byte, at) => byte ^ pb[i]![at]!),
        ),
      ),
    ).toBe(true);
  });

  it('has no k dependent rows in its generator', () => {
    const rows = generator(4, 8);
    for (const chosen of subsets(8, 4)) expect(invert(chosen.map((i) => rows[i]!))).toBeDefined();
  });

  it('is compiled from the source beside it', async () => {
    const { compileErasure, generatedText } = await import('../asm/build.js');
    const committed = await readFile(new URL('../src/erasure-wasm.gen.ts', import.meta.url), 'utf8');
    expect(generatedText(await compileErasure())).toBe(committed);
  });
});

describe('erasure code beside an independent one', async () => {
  // Its ES module build looks for `__dirname`; the CommonJS one works.
  const { ReedSolomonErasure }: typeof import('@digitaldefiance/reed-solomon-erasure.wasm') = createRequire(
    import.meta.url,
  )('@digitaldefiance/reed-solomon-erasure.wasm');

  const peerEncode = async (shards: readonly Bytes[], n: number): Promise<Bytes> => {
    const peer = await ReedSolomonErasure.fromCurrentDirectory();
    const length = shards[0]!.length;
    const all = new Uint8Array(n * length);
    shards.forEach((shard, i) => {
      all.set(shard, i * length);
    });
    expect(peer.encode(all, shards.length, n - shards.length)).toBe(ReedSolomonErasure.RESULT_OK);
    return all;
  };

  it('recovers the same data from the same losses', async () => {
    const shards = data(4, 640);
    const theirs = await peerEncode(shards, 6);
    const ours = [...shards, ...encode(4, 6, shards)];
    for (const lost of subsets(6, 2)) {
      const damaged = theirs.slice();
      for (const index of lost) damaged.fill(0, index * 640, (index + 1) * 640);
      // It frees its flags twice, and fails after a few calls of one instance.
      const peer = await ReedSolomonErasure.fromCurrentDirectory();
      const there = [...Array(6).keys()].map((index) => !lost.includes(index));
      expect(peer.reconstruct(damaged, 4, 2, there)).toBe(ReedSolomonErasure.RESULT_OK);
      const present = new Map(ours.map((shard, index) => [index, shard] as const).filter(([index]) => there[index]));
      const rebuilt = reconstruct(4, 6, present, [0, 1, 2, 3]);
      for (let i = 0; i < 4; i++) expect(same(rebuilt[i]!, damaged.subarray(i * 640, (i + 1) * 640))).toBe(true);
    }
  });

  it('multiplies in the same field: its own matrix, read off unit vectors, gives its parity by our tables', async () => {
    const unit = (j: number) => Array.from({ length: 4 }, (_, i) => Uint8Array.of(Number(i === j)));
    const columns = await Promise.all([0, 1, 2, 3].map(async (j) => (await peerEncode(unit(j), 6)).subarray(4)));
    const rows = [0, 1].map((r) => columns.map((column) => column[r]!));
    const shards = data(4, 300);
    const theirs = await peerEncode(shards, 6);
    for (const [r, parity] of naive(rows, shards).entries())
      expect(same(parity, theirs.subarray((4 + r) * 300, (5 + r) * 300))).toBe(true);
  });
});
