// Pairs of products in Fp6: columns, combined by Karatsuba's method, then reduced (../target.ts).

import { BIAS, COLUMNS, LEFT, LIMBS, MASK, NEGATIVE_INVERSE, P, PAIR, RIGHT, TWO, WIDE } from './layout';

/** Two columns more of two rows; gives what belongs to the next. */
// @ts-ignore: decorator
@inline
function step(at: u32, k: u32, x: u32, row: v128, next: v128, before: v128): v128 {
  const limbs = v128.load(x + (k << 3));
  at += k << 4;
  v128.store(at, i64x2.add(i64x2.add(v128.load(at), before), i64x2.extmul_low_i32x4_u(row, limbs)));
  const both = i64x2.add(i64x2.extmul_high_i32x4_u(row, limbs), i64x2.extmul_low_i32x4_u(next, limbs));
  v128.store(at + 16, i64x2.add(v128.load(at + 16), both));
  return i64x2.extmul_high_i32x4_u(next, limbs);
}

/** The 28 columns of a pair of products. */
export function columns(out: u32, x: u32, t: u32): void {
  const zero = i64x2.splat(0);
  for (let k: u32 = 0; k < WIDE; k += 64) {
    v128.store(out + k, zero);
    v128.store(out + k, zero, 16);
    v128.store(out + k, zero, 32);
    v128.store(out + k, zero, 48);
  }
  for (let i: u32 = 0; i < LIMBS; i += 2, out += 32, t += 16) {
    const row = v128.load64_splat(t);
    const next = v128.load64_splat(t, 8);
    let before = step(out, 0, x, row, next, zero);
    before = step(out, 2, x, row, next, before);
    before = step(out, 4, x, row, next, before);
    before = step(out, 6, x, row, next, before);
    before = step(out, 8, x, row, next, before);
    before = step(out, 10, x, row, next, before);
    before = step(out, 12, x, row, next, before);
    v128.store(out, before, 224);
  }
}

/** Real part, imaginary part and their sum. */
// @ts-ignore: decorator
@inline
function three(out: u32, real: v128, imaginary: v128): void {
  v128.store(out, real);
  v128.store(out, imaginary, 112);
  v128.store(out, i32x4.add(real, imaginary), 224);
}

/** Coefficients 0, 1, 2 of elements of Fp6, then sums of 1 and 2, of 0 and 1, of 0 and 2, each as `three` has it. */
export function sums(out: u32, x: u32): void {
  for (let k: u32 = 0; k < PAIR; k += 16, x += 16, out += 16) {
    const r0 = v128.load(x);
    const i0 = v128.load(x, 112);
    const r1 = v128.load(x, 224);
    const i1 = v128.load(x, 336);
    const r2 = v128.load(x, 448);
    const i2 = v128.load(x, 560);
    three(out, r0, i0);
    three(out + 336, r1, i1);
    three(out + 672, r2, i2);
    three(out + 1008, i32x4.add(r1, r2), i32x4.add(i1, i2));
    three(out + 1344, i32x4.add(r0, r1), i32x4.add(i0, i1));
    three(out + 1680, i32x4.add(r0, r2), i32x4.add(i0, i2));
  }
}

// @ts-ignore: decorator
@inline
function real(at: u32): v128 {
  return i64x2.sub(v128.load(at), v128.load(at, 448));
}

// @ts-ignore: decorator
@inline
function imaginary(at: u32): v128 {
  return i64x2.sub(v128.load(at, 896), i64x2.add(v128.load(at), v128.load(at, 448)));
}

/** Six products of Fp2 into the three of Fp6, each column by itself: results where the first six were. */
function combine(): void {
  for (let k: u32 = 0; k < WIDE - 16; k += 16) {
    const at = COLUMNS + k;
    const bias = v128.load(BIAS + k);
    const r0 = real(at);
    const i0 = imaginary(at);
    const r1 = real(at + 3 * WIDE);
    const i1 = imaginary(at + 3 * WIDE);
    const r2 = real(at + 6 * WIDE);
    const i2 = imaginary(at + 6 * WIDE);
    const r12 = i64x2.sub(real(at + 9 * WIDE), i64x2.add(r1, r2));
    const i12 = i64x2.sub(imaginary(at + 9 * WIDE), i64x2.add(i1, i2));
    const r01 = i64x2.sub(real(at + 12 * WIDE), i64x2.add(r0, r1));
    const i01 = i64x2.sub(imaginary(at + 12 * WIDE), i64x2.add(i0, i1));
    const r02 = i64x2.sub(real(at + 15 * WIDE), i64x2.add(r0, r2));
    const i02 = i64x2.sub(imaginary(at + 15 * WIDE), i64x2.add(i0, i2));
    v128.store(at, i64x2.add(bias, i64x2.add(r0, i64x2.sub(r12, i12))));
    v128.store(at + WIDE, i64x2.add(bias, i64x2.add(i0, i64x2.add(r12, i12))));
    v128.store(at + 2 * WIDE, i64x2.add(bias, i64x2.add(r01, i64x2.sub(r2, i2))));
    v128.store(at + 3 * WIDE, i64x2.add(bias, i64x2.add(i01, i64x2.add(r2, i2))));
    v128.store(at + 4 * WIDE, i64x2.add(bias, i64x2.add(r02, r1)));
    v128.store(at + 5 * WIDE, i64x2.add(bias, i64x2.add(i02, i1)));
  }
}

/** Two lanes of 64 bits, below 2^32 each, to the first two lanes of 32. */
// @ts-ignore: decorator
@inline
export function packed(wide: v128): v128 {
  return together(wide, wide);
}

/** The lower halves of four lanes of 64 bits. */
// @ts-ignore: decorator
@inline
function together(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
}

// @ts-ignore: decorator
@inline
function addMultiple(at: u32, j: u32, m: v128): void {
  const limb = v128.load32_splat(P + (j << 2));
  at += j << 4;
  v128.store(at, i64x2.add(v128.load(at), i64x2.extmul_low_i32x4_u(m, limb)));
  at += WIDE;
  v128.store(at, i64x2.add(v128.load(at), i64x2.extmul_high_i32x4_u(m, limb)));
}

/**
 * What 28 columns say, and 28 behind them, divided by 2^392 modulo p: two reduced pairs, or, where `negative` is all ones rather than
 * zero, 2p less them, in limbs below 2^29. Two at once, since each step waits for the one before.
 */
export function reduce(out: u32, at: u32, negative: v128): void {
  const limbs = i32x4.splat(<i32>MASK);
  const inverse = v128.load32_splat(NEGATIVE_INVERSE);
  const lowest = v128.load32_splat(P);
  let carry = i64x2.splat(0);
  let carryBehind = i64x2.splat(0);
  for (let i: u32 = 0; i < LIMBS; i++, at += 16) {
    const column = i64x2.add(v128.load(at), carry);
    const behind = i64x2.add(v128.load(at, 448), carryBehind);
    const low = together(column, behind);
    const m = v128.and(
      together(i64x2.extmul_low_i32x4_u(low, inverse), i64x2.extmul_high_i32x4_u(low, inverse)),
      limbs,
    );
    carry = i64x2.shr_u(i64x2.add(column, i64x2.extmul_low_i32x4_u(m, lowest)), 28);
    carryBehind = i64x2.shr_u(i64x2.add(behind, i64x2.extmul_high_i32x4_u(m, lowest)), 28);
    addMultiple(at, 1, m);
    addMultiple(at, 2, m);
    addMultiple(at, 3, m);
    addMultiple(at, 4, m);
    addMultiple(at, 5, m);
    addMultiple(at, 6, m);
    addMultiple(at, 7, m);
    addMultiple(at, 8, m);
    addMultiple(at, 9, m);
    addMultiple(at, 10, m);
    addMultiple(at, 11, m);
    addMultiple(at, 12, m);
    addMultiple(at, 13, m);
  }
  for (let i: u32 = 0; i < LIMBS; i++, at += 16, out += 8) {
    const column = i64x2.add(v128.load(at), carry);
    const behind = i64x2.add(v128.load(at, 448), carryBehind);
    const limb = v128.and(together(column, behind), limbs);
    carry = i64x2.shr_u(column, 28);
    carryBehind = i64x2.shr_u(behind, 28);
    const other = i32x4.sub(v128.load64_splat(TWO + (i << 3)), limb);
    const found = v128.bitselect(other, limb, negative);
    v128.store64_lane(out, found, 0);
    v128.store64_lane(out, found, 1, 112);
  }
}

/** out = the pair of products in Fp6 of what `sums` put into LEFT and RIGHT, or their negatives, as `reduce` leaves them. */
export function product(out: u32, negative: v128): void {
  for (let k: u32 = 0; k < 18; k++) columns(COLUMNS + k * WIDE, LEFT + k * PAIR, RIGHT + k * PAIR);
  combine();
  for (let k: u32 = 0; k < 6; k += 2) reduce(out + k * PAIR, COLUMNS + k * WIDE, negative);
}
