import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Bytes, concat, hex } from '@salus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHUNK_SIZES, Chunker } from '../src/holder/index.ts';
import { digest, sha256 } from '../src/keyless/hash.ts';
import { tag } from '../src/keyless/suite.ts';
import { bulk, seeded } from './world.ts';

const SMALL = { minimum: 256, mean: 1024, maximum: 4096 };

function cut(bytes: Bytes, sizes = SMALL, pushes: readonly number[] = [bytes.length]): Bytes[] {
  const chunker = new Chunker(sizes);
  const chunks: Bytes[] = [];
  let at = 0;
  for (let k = 0; at < bytes.length; k++) {
    const size = Math.max(1, pushes[k % pushes.length]!);
    chunks.push(...copies(chunker.push(bytes.subarray(at, at + size))));
    at += size;
  }
  return [...chunks, ...copies(chunker.finish())];
}

/** Chunks are views that the next step overwrites. */
const copies = (chunks: Iterable<Bytes>): Bytes[] => Array.from(chunks, (chunk) => chunk.slice());

/** The definition of spec/schemes.md in plain numbers. */
function cutNaively(bytes: Bytes, { minimum, mean, maximum } = SMALL): number[] {
  const gear = Array.from({ length: 256 }, (_, value) =>
    BigInt(`0x${hex(digest(tag('chunker/gear'), Uint8Array.of(value)).subarray(0, 8))}`),
  );
  const bits = BigInt(Math.log2(mean));
  const lengths: number[] = [];
  for (let start = 0; start < bytes.length; start += lengths.at(-1)!) {
    let length = Math.min(maximum, bytes.length - start);
    for (let end = minimum; end < Math.min(maximum, bytes.length - start); end++) {
      let hash = 0n;
      for (let at = start + end - 64; at < start + end; at++) hash = (hash * 2n + gear[bytes[at]!]!) & (2n ** 64n - 1n);
      if (hash < 2n ** (64n - bits - (end < mean ? 1n : -1n))) {
        length = end;
        break;
      }
    }
    lengths.push(length);
  }
  return lengths;
}

const names = (chunks: readonly Bytes[]) => chunks.map((chunk) => hex(sha256(chunk)));
const seed = fc.string({ minLength: 1 });

describe('chunks', () => {
  it('are what went in, within their bounds, however it was pushed', () => {
    fc.assert(
      fc.property(
        seed,
        fc.nat(40_000),
        fc.array(fc.nat(9_000), { minLength: 1, maxLength: 5 }),
        (text, size, pushes) => {
          const bytes = bulk(text, size);
          const whole = cut(bytes);
          expect(concat(...whole)).toEqual(bytes);
          for (const chunk of whole.slice(0, -1)) {
            expect(chunk.length).toBeGreaterThanOrEqual(SMALL.minimum);
            expect(chunk.length).toBeLessThanOrEqual(SMALL.maximum);
          }
          expect(names(cut(bytes, SMALL, pushes))).toEqual(names(whole));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('end where the definition says', () => {
    for (const text of ['one', 'two', 'three']) {
      const bytes = seeded(text)(12_000);
      expect(cut(bytes).map((chunk) => chunk.length)).toEqual(cutNaively(bytes));
    }
    expect(cut(new Uint8Array(10_000)).map((chunk) => chunk.length)).toEqual(cutNaively(new Uint8Array(10_000)));
  });

  it('around an insertion of 12 bytes change, at most three of them, and the others stay', () => {
    const changed: number[] = [];
    const edits = fc.tuple(seed, fc.nat(59_999));
    // A fixed run: how soon cuts fall into step again is a matter of chance, and more than three is rare, not impossible.
    for (const [text, at] of fc.sample(edits, { numRuns: 150, seed: 1 })) {
      const bytes = bulk(text, 60_012);
      const before = new Set(names(cut(bytes.subarray(0, 60_000))));
      const inserted = concat(bytes.subarray(0, at), bytes.subarray(60_000), bytes.subarray(at, 60_000));
      changed.push(names(cut(inserted)).filter((name) => !before.has(name)).length);
    }
    expect(Math.max(...changed)).toBeLessThanOrEqual(3);
    expect(changed.reduce((sum, count) => sum + count)).toBeLessThan(1.3 * changed.length);
  });

  it('of the standard sizes are about a mebibyte, and bounded where nothing cuts', () => {
    const chunks = cut(bulk('large', 24 << 20), CHUNK_SIZES, [1 << 20]);
    const mean = (24 << 20) / chunks.length;
    expect(mean).toBeGreaterThan(CHUNK_SIZES.mean / 2);
    expect(mean).toBeLessThan(CHUNK_SIZES.mean * 2);
    const zeros = cut(new Uint8Array(9 << 20), CHUNK_SIZES, [3 << 20]);
    expect(Math.max(...zeros.map((chunk) => chunk.length))).toBeLessThanOrEqual(CHUNK_SIZES.maximum);
  });

  it('of nothing are none, and a chunker starts afresh after its end', () => {
    const chunker = new Chunker(SMALL);
    expect([...chunker.push(new Uint8Array(0))]).toEqual([]);
    expect([...chunker.finish()]).toEqual([]);
    const bytes = seeded('again')(10_000);
    const once = [...copies(chunker.push(bytes)), ...copies(chunker.finish())];
    const twice = [...copies(chunker.push(bytes)), ...copies(chunker.finish())];
    expect(names(twice)).toEqual(names(once));
  });

  it('need sizes that can be', () => {
    for (const wrong of [
      { minimum: 63 },
      { minimum: 1024 },
      { mean: 1000 },
      { maximum: 512 },
      { maximum: 4_194_305 },
      { minimum: Number.NaN },
    ])
      expect(() => new Chunker({ ...SMALL, ...wrong })).toThrow(expect.objectContaining({ code: 'chunk-bounds' }));
  });
});

describe('the WebAssembly of the chunker', () => {
  it('is, byte for byte, what its source compiles to', async () => {
    const script = fileURLToPath(new URL('../asm/build.js', import.meta.url));
    await expect(promisify(execFile)(process.execPath, [script, '--check'])).resolves.toBeDefined();
  });
});
