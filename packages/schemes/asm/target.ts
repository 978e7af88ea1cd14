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
// Nothing here branches on, or reads an address that depends on, a number; which table entry is read is the caller's choice.

const LIMBS: u32 = 14;
const MASK: u64 = (1 << 28) - 1;
/** A pair of numbers. */
const PAIR: u32 = 112;
/** An entry of a table: an element of Fp6 of which there is one. */
const ENTRY: u32 = 336;
/** Columns of a pair of products. */
const WIDE: u32 = 448;

// What follows up to BIAS is written once, by the caller.
/** p, a limb after the other. */
export const P: u32 = 1024;
/** 2p for both lanes, in limbs that no reduced limb exceeds. */
export const TWO: u32 = 1088;
/** 4p for the first lane, zero for the second, in limbs that no limb of 2p less something exceeds. */
export const FOUR: u32 = 1200;
/** −1/p modulo 2^28. */
export const NEGATIVE_INVERSE: u32 = 1312;
/** Two factors for changing the form of numbers, for both lanes: into ours, and out of it. */
export const INWARD: u32 = 1328;
export const OUTWARD: u32 = 1440;
/** 28 columns for both lanes. */
export const BIAS: u32 = 1552;
/** What raising to p makes of 1 and w, of v and v·w, of v² and v²·w: three pairs of elements of Fp2. */
export const RAISED: u32 = 2048;

/** Sums of the parts of each factor, as Karatsuba's method multiplies them: 18 pairs each. */
const LEFT: u32 = 3072;
const RIGHT: u32 = 5120;
const COLUMNS: u32 = 7168;
const PRODUCT: u32 = 15360;
const ADDED: u32 = 16128;
const CARRIED: u32 = 16896;
/** From here on the caller lays out memory. */
export const FREE: u32 = 17408;

/** The curve's parameter is −X. */
const X: u64 = 0xd201000000010000;

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
function columns(out: u32, x: u32, t: u32): void {
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
function sums(out: u32, x: u32): void {
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
function packed(wide: v128): v128 {
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
function reduce(out: u32, at: u32, negative: v128): void {
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
function product(out: u32, negative: v128): void {
  for (let k: u32 = 0; k < 18; k++) columns(COLUMNS + k * WIDE, LEFT + k * PAIR, RIGHT + k * PAIR);
  combine();
  for (let k: u32 = 0; k < 6; k += 2) reduce(out + k * PAIR, COLUMNS + k * WIDE, negative);
}

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

/** Divides a number of so many limbs of 64 bits, the highest below X, by X: the quotient where it was, and the remainder. */
function divide(at: u32, limbs: u32): u64 {
  let rest = load<u64>(at + ((limbs - 1) << 3));
  for (let i = <i32>limbs - 2; i >= 0; i--) {
    const low = load<u64>(at + (i << 3));
    let quotient: u64 = 0;
    for (let bit: u64 = 64; bit > 0; bit--) {
      const over = rest >> 63;
      rest = (rest << 1) | ((low >> (bit - 1)) & 1);
      const whole = over | <u64>(rest >= X);
      rest -= X & (0 - whole);
      quotient = (quotient << 1) | whole;
    }
    store<u64>(at + (i << 3), quotient);
  }
  return rest;
}

/** The digits to the base X, lowest first, of a number below r: four of 8 bytes, from 32 bytes, big-endian. */
export function digits(out: u32, number: u32): void {
  for (let i: u32 = 0; i < 4; i++) store<u64>(CARRIED + (i << 3), bswap(load<u64>(number + 24 - (i << 3))));
  for (let j: u32 = 0; j < 3; j++) store<u64>(out + (j << 3), divide(CARRIED, 4 - j));
  store<u64>(out + 24, load<u64>(CARRIED));
  memory.fill(CARRIED, 0, 32);
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

/** Two pairs to a pair of their first and one of their second lanes. */
export function zip(firsts: u32, seconds: u32, one: u32, other: u32): void {
  for (let k: u32 = 0; k < 6 * PAIR; k += 8) {
    store<u32>(firsts + k, load<u32>(one + k));
    store<u32>(firsts + k, load<u32>(other + k), 4);
    store<u32>(seconds + k, load<u32>(one + k, 4));
    store<u32>(seconds + k, load<u32>(other + k, 4), 4);
  }
}

/** A pair to two entries of a table. */
export function split(first: u32, second: u32, pair: u32): void {
  for (let k: u32 = 0; k < 3 * PAIR; k += 4) {
    store<u32>(first + k, load<u32>(pair + (k << 1)));
    store<u32>(second + k, load<u32>(pair + (k << 1), 4));
  }
}

/** Reads an element of Fp12: 12 numbers of 48 bytes, little-endian, Montgomery form with 2^384, below p. */
export function read(out: u32, from: u32): void {
  for (let k: u32 = 0; k < 6; k++, from += 48)
    for (let i: u32 = 0; i < LIMBS; i++) {
      store<u32>(ADDED + k * PAIR + (i << 3), limb(from, i));
      store<u32>(ADDED + k * PAIR + (i << 3), limb(from + 288, i), 4);
    }
  change(out, ADDED, INWARD);
}

/** Six pairs times one. */
function change(out: u32, from: u32, factor: u32): void {
  for (let k: u32 = 0; k < 6; k++) columns(COLUMNS + k * WIDE, from + k * PAIR, factor);
  for (let k: u32 = 0; k < 6; k += 2) reduce(out + k * PAIR, COLUMNS + k * WIDE, i64x2.splat(0));
}

// @ts-ignore: decorator
@inline
function limb(number: u32, i: u32): u32 {
  // The last starts at bit 364, in byte 45.
  if (i == LIMBS - 1) return <u32>((load<u64>(number + 40) >> 44) & MASK);
  const bit = i * 28;
  return <u32>((load<u64>(number + (bit >> 3)) >> (bit & 7)) & MASK);
}

/** Writes an element of Fp12 as `read` takes it. */
export function write(from: u32, out: u32): void {
  change(ADDED, from, OUTWARD);
  for (let k: u32 = 0; k < 6; k++, out += 48) {
    writeNumber(out, ADDED + k * PAIR);
    writeNumber(out + 288, ADDED + k * PAIR + 4);
  }
}

/** A number below 2p, in limbs 8 bytes apart, below p and in bytes. */
function writeNumber(out: u32, number: u32): void {
  let borrow: i64 = 0;
  for (let i: u32 = 0; i < LIMBS; i++) {
    const less = <i64>load<u32>(number + (i << 3)) - <i64>load<u32>(P + (i << 2)) + borrow;
    store<u32>(CARRIED + (i << 2), <u32>(less & <i64>MASK));
    borrow = less >> 28;
  }
  // All ones where the number was below p already.
  const keep = <u32>borrow;
  for (let i: u32 = 0; i < LIMBS; i++) {
    const at = CARRIED + (i << 2);
    store<u32>(at, (load<u32>(at) & ~keep) | (load<u32>(number + (i << 3)) & keep));
  }
  // Two limbs are seven bytes; the eighth is written over by what follows.
  for (let i: u32 = 0; i < LIMBS; i += 2) {
    const two = <u64>load<u32>(CARRIED + (i << 2)) | (<u64>load<u32>(CARRIED + (i << 2) + 4) << 28);
    if (i < LIMBS - 2) store<u64>(out + (i >> 1) * 7, two);
    else {
      // Bytes 42 to 47.
      store<u32>(out + 42, <u32>two);
      store<u16>(out + 46, <u16>(two >> 32));
    }
  }
}
