import { bls12_381 as noble } from '@noble/curves/bls12-381.js';
import { fromHex, hex } from '@salus/base';
import { beforeAll, describe, expect, it } from 'vitest';
import { initPairing, readGT, writeGT } from '../src/keyless/pairing/curve.ts';
import { mcl, raw } from '../src/keyless/pairing/mcl.ts';
import { ENTRY_BYTES, GT_BYTES, PAIR_BYTES, TargetLoop } from '../src/keyless/pairing/target-loop.ts';
import { seeded } from './world.ts';

beforeAll(initPairing);

const { Fp, Fp6, Fp12 } = noble.fields;
type Element = typeof Fp12.ONE;

const rng = seeded('target loop');
const big = (bytes: Uint8Array) => BigInt(`0x${hex(bytes)}`);
const random = () => Fp.create(big(rng(56)));
// What carries most: 0, 1, the largest, and numbers that have every bit set, or every second limb, in the form the loop keeps.
const asKept = (limbs: bigint) => Fp.mul(Fp.create(limbs), Fp.inv(Fp.create(2n ** 392n)));
const EVERY_SECOND = Array.from({ length: 7 }, (_, i) => 0xfffffffn << BigInt(56 * i)).reduce(
  (sum, limb) => sum + limb,
);
const EDGES = [0n, 1n, Fp.ORDER - 1n, asKept(2n ** 380n - 1n), asKept(EVERY_SECOND), asKept(Fp.ORDER - 1n)];
const edge = () => EDGES[rng(1)[0]! % EDGES.length]!;

const element = (number: () => bigint): Element =>
  Fp12.fromBigTwelve(Array.from({ length: 12 }, number) as Parameters<typeof Fp12.fromBigTwelve>[0]);

/** As the library reads it: six elements of Fp2, imaginary part first. */
function ofNoble({ c0, c1 }: Element) {
  const parts = [c0, c1].flatMap((half) => [half.c0, half.c1, half.c2]).flatMap((two) => [two.c1, two.c0]);
  return readGT(fromHex(parts.map((part) => part.toString(16).padStart(96, '0')).join('')), 'value');
}

const loop = new TargetLoop();
const at = loop.take(PAIR_BYTES);
const other = loop.take(PAIR_BYTES);
const entries = [loop.take(ENTRY_BYTES), loop.take(ENTRY_BYTES)] as const;
/** Through the library's memory. */
function read(address: number, value: Element): void {
  const theirs = raw()._malloc(GT_BYTES);
  ofNoble(value).copyToMem(theirs);
  loop.read(address, theirs);
  raw()._free(theirs);
}

function written(address: number): string {
  const theirs = raw()._malloc(GT_BYTES);
  loop.write(address, theirs);
  const value = new mcl.GT();
  value.copyFromMem(theirs);
  raw()._free(theirs);
  return hex(writeGT(value));
}

const same = (address: number, value: Element) => expect(written(address)).toBe(hex(writeGT(ofNoble(value))));

describe('the loop that multiplies in GT', () => {
  it('reads and writes what the library has', () => {
    for (const number of [random, edge, () => Fp.ORDER - 1n])
      for (let run = 0; run < 20; run++) {
        const value = Fp12.add(element(number), Fp12.ONE);
        if (Fp12.is0(value)) continue;
        read(at, value);
        same(at, value);
      }
  });

  it('multiplies pairs as another library does', () => {
    for (const number of [random, edge, () => Fp.ORDER - 1n, () => EDGES[3]!])
      for (let run = 0; run < 30; run++) {
        const [x, t] = [element(number), element(number)];
        const expected = { c0: Fp6.mul(x.c0, t.c0), c1: Fp6.mul(x.c1, t.c1) };
        if ([x, t, expected].some((value) => Fp12.is0(value))) continue;
        read(at, x);
        read(other, t);
        loop.multiply(at, at, other);
        same(at, expected);
      }
  });

  it('raises to p as another library does, also what was raised before', () => {
    for (const number of [random, edge, () => Fp.ORDER - 1n, () => EDGES[3]!])
      for (let run = 0; run < 10; run++) {
        const x = Fp12.add(element(number), Fp12.ONE);
        if (Fp12.is0(x)) continue;
        read(at, x);
        for (let power = 1; power <= 3; power++) {
          loop.raise(at);
          same(at, Fp12.frobeniusMap(x, power));
        }
      }
  });

  it('goes on for as long as anybody likes, either sign, and stays within its bounds', () => {
    for (const number of [random, edge, () => Fp.ORDER - 1n, () => EDGES[3]!]) {
      const t = element(number);
      if (Fp12.is0(t)) continue;
      read(other, t);
      loop.split(entries[0], entries[1], other);
      let x = Fp12.add(element(number), Fp12.ONE);
      read(at, x);
      for (let step = 0; step < 200; step++) {
        const [half, negative] = [step % 3 === 0 ? 1 : 0, rng(1)[0]! % 2];
        loop.extend(at, entries[half]!, negative === 1 ? -1 : 0);
        const by = half === 1 ? t.c1 : t.c0;
        x = Fp12.mul(x, { c0: Fp6.ONE, c1: negative === 1 ? Fp6.neg(by) : by });
        if (step % 20 === 19) same(at, x);
      }
    }
  });

  it('gives out memory that was given back, and never the same to two', () => {
    const [one, two] = [loop.take(ENTRY_BYTES), loop.take(ENTRY_BYTES)];
    expect(one).not.toBe(two);
    loop.give(one, ENTRY_BYTES);
    expect(loop.take(ENTRY_BYTES)).toBe(one);
    expect(loop.take(ENTRY_BYTES)).not.toBe(two);
    const large = loop.take(3_000_000);
    loop.clear(large, 3_000_000);
    loop.copy(large + 2_999_000, at, PAIR_BYTES);
    // Also after the memory has grown, what was there is there.
    expect(written(large + 2_999_000)).toBe(written(at));
  });
});
