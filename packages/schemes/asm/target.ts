// Products in GT, the group that pairings give (src/keyless/pairing/target-table.ts), in AssemblyScript with SIMD.
//
// Elements of order r are of norm one over Fp6: g · ḡ = 1. Every such g other than −1 is b/b̄ with b = 1 + g (Hilbert 90), and b counts
// only up to a factor from Fp6, so that it can be written 1 + t·w with t in Fp6. A product of those is two products in Fp6, where
// Fp12 takes three, and the inverse of g has −t. What is a product P of many gives P/P̄ in the end, a division for all of them.
// (Rubin, Silverberg: "Torus-based cryptography", CRYPTO 2003, the torus T2.)
//
// Fp2 = Fp[i]/(i² + 1), Fp6 = Fp2[v]/(v³ − ξ), ξ = 1 + i, Fp12 = Fp6[w]/(w² − v), as in the pairing library.
// Numbers are in 14 limbs of 28 bits, Montgomery form with 2^392. Everything is done to two numbers at once, the two lanes of a vector:
// a pair of numbers is 14 pairs of limbs, 4 bytes each, so that a vector holds two limbs of both. A pair of elements of Fp6 is six such
// pairs: real and imaginary parts of the coefficients of 1, v, v². An element of Fp12 is the pair of its two halves.
//
// Exponents are split in four below |x|, the curve's parameter: the power of an element of order r to x is its power to p, which takes
// an element of Fp12 a conjugation and a factor for each coefficient. One table of 64 bits then serves all four parts.
// (Galbraith, Scott: "Exponentiation in pairing-friendly groups using homomorphisms", Pairing 2008.)
//
// Products are by Karatsuba's method in Fp2 and in Fp6: 18 of numbers, whose columns of 64 bits are combined before they are carried, and
// six reductions. Columns may wrap around in between: what counts is that in the end each is at least 0 and below 2^64 with what
// reducing adds. Of products of limbs below 2^28 a column holds 14: no combination adds more than 8 such sums or subtracts more
// than 7, and BIAS, a multiple of p, has 100 · 2^56 in each column.
// Values that go on are below 2.9·p, in limbs below 2^28 ("settled"); reduced ones below 1.1·p.
//
// Nothing here branches on a number, and no address depends on one but that of the entry of a table that a digit names (`walk`).

import {
  ADDED,
  BIAS,
  CARRIED,
  COLUMNS,
  ENTRY,
  FOUR,
  LEFT,
  LIMBS,
  MASK,
  P,
  PAIR,
  PRODUCT,
  RAISED,
  RIGHT,
  WIDE,
} from './target/layout';
import { columns, packed, product, reduce, sums } from './target/product';

export { digits } from './target/digits';
export { read, split, write, zip } from './target/forms';
export { BIAS, FOUR, FREE, INWARD, NEGATIVE_INVERSE, OUTWARD, P, RAISED, TWO } from './target/layout';

/** x += y, settled: carried, then brought below 2.9·p by subtracting as many p as bits 381 and up say, seven at most. */
function absorb(x: u32, y: u32): void {
  const mask = i64x2.splat(MASK);
  let carry = i64x2.splat(0);
  let wide = i64x2.splat(0);
  for (let i: u32 = 0; i < LIMBS; i++) {
    const sum = i32x4.add(v128.load64_zero(x + (i << 3)), v128.load64_zero(y + (i << 3)));
    wide = i64x2.add(i64x2.extend_low_i32x4_u(sum), carry);
    v128.store(CARRIED + (i << 4), v128.and(wide, mask));
    carry = i64x2.shr_u(wide, 28);
  }
  const multiple = packed(i64x2.shr_u(wide, 17));
  v128.store(CARRIED + ((LIMBS - 1) << 4), wide);
  // 2^32 more in each limb, and 2^4 less in the next, keep lanes above zero.
  const lift = i64x2.splat(1 << 32);
  const sixteen = i64x2.splat(16);
  carry = i64x2.splat(0);
  for (let i: u32 = 0; i < LIMBS; i++) {
    const less = i64x2.extmul_low_i32x4_u(multiple, v128.load32_splat(P + (i << 2)));
    wide = i64x2.sub(i64x2.add(i64x2.add(v128.load(CARRIED + (i << 4)), lift), carry), less);
    v128.store64_lane(x + (i << 3), packed(v128.and(wide, mask)), 0);
    carry = i64x2.sub(i64x2.shr_u(wide, 28), sixteen);
  }
}

/** The second lane of one where the first was, the first of another where the second was. */
// @ts-ignore: decorator
@inline
function crossed(second: v128, first: v128): v128 {
  return i8x16.shuffle(second, first, 4, 5, 6, 7, 16, 17, 18, 19, 12, 13, 14, 15, 24, 25, 26, 27);
}

/**
 * x times a base to the power of a digit to the base X, or of its negative where `negative` is −1: a step for each window of so many bits,
 * where `table` has 0 to 2^(bits−1) times the window's unit, and in the last one as many as there may be.
 */
export function walk(x: u32, table: u32, digit: u32, bits: u32, negative: i32): void {
  const half: i32 = 1 << (bits - 1);
  const windowBytes = (half + 1) * ENTRY;
  let rest = load<u64>(digit);
  let carry: i32 = 0;
  for (let left: i32 = 64; left > 0; left -= bits, table += windowBytes) {
    let multiple = <i32>(rest & ((1 << bits) - 1)) + carry;
    rest >>= bits;
    // All of the last window's are positive.
    carry = left > <i32>bits ? (half - 1 - multiple) >>> 31 : 0;
    multiple -= carry << bits;
    extend(x, table + ((multiple ^ -carry) + carry) * ENTRY, negative ^ -carry);
  }
}

/** x to the power of p, an element of Fp12. */
export function raise(x: u32): void {
  for (let k: u32 = 0; k < 3; k++, x += 2 * PAIR) {
    const factor = RAISED + 2 * k * PAIR;
    columns(COLUMNS, x, factor);
    columns(COLUMNS + WIDE, x, factor + PAIR);
    columns(COLUMNS + 2 * WIDE, x + PAIR, factor + PAIR);
    columns(COLUMNS + 3 * WIDE, x + PAIR, factor);
    // (r − i·I)·(f + g·I), where I² = −1.
    for (let at = COLUMNS; at < COLUMNS + WIDE - 16; at += 16) {
      v128.store(at, i64x2.add(v128.load(at), v128.load(at, 896)));
      const bias = v128.load(at - COLUMNS + BIAS);
      v128.store(at, i64x2.add(bias, i64x2.sub(v128.load(at, 448), v128.load(at, 1344))), 448);
    }
    reduce(x, COLUMNS, i64x2.splat(0));
  }
}

/** x·(1 + t·w) into x, an element of Fp12, for an entry t; with −t where `negative` is −1 rather than 0. */
export function extend(x: u32, t: u32, negative: i32): void {
  for (let k: u32 = 0; k < 672; k += 8) v128.store64_lane(ADDED + k, v128.load32_splat(t + (k >> 1)), 0);
  sums(RIGHT, ADDED);
  sums(LEFT, x);
  product(PRODUCT, i32x4.splat(negative));
  // To the first half v times the second's product, to the second half the first's.
  for (let k: u32 = 0; k < PAIR; k += 16) {
    const at = PRODUCT + k;
    const r0 = v128.load(at);
    const i0 = v128.load(at, 112);
    const r1 = v128.load(at, 224);
    const i1 = v128.load(at, 336);
    const r2 = v128.load(at, 448);
    const i2 = v128.load(at, 560);
    const first = i64x2.splat(0xffffffff);
    const lifted = i32x4.sub(v128.load(FOUR + k), v128.and(crossed(i2, i2), first));
    v128.store(ADDED + k, i32x4.add(crossed(r2, r0), lifted));
    v128.store(ADDED + PAIR + k, i32x4.add(crossed(i2, i0), v128.and(crossed(r2, r2), first)));
    v128.store(ADDED + 2 * PAIR + k, crossed(r0, r1));
    v128.store(ADDED + 3 * PAIR + k, crossed(i0, i1));
    v128.store(ADDED + 4 * PAIR + k, crossed(r1, r2));
    v128.store(ADDED + 5 * PAIR + k, crossed(i1, i2));
  }
  for (let k: u32 = 0; k < 6 * PAIR; k += PAIR) absorb(x + k, ADDED + k);
}

/** out = x · t, for pairs of elements of Fp6. */
export function multiply(out: u32, x: u32, t: u32): void {
  sums(LEFT, x);
  sums(RIGHT, t);
  product(out, i64x2.splat(0));
}
