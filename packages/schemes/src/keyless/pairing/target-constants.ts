import { assert } from '@salus/base';

const LIMBS = 14;
const LIMB_BITS = 28n;
const LIMB_MASK = (1n << LIMB_BITS) - 1n;

/** p, the field of BLS12-381. */
const P = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;

/** Where the loop has its constants. */
export type Addresses = Record<
  'P' | 'TWO' | 'FOUR' | 'NEGATIVE_INVERSE' | 'INWARD' | 'OUTWARD' | 'BIAS' | 'RAISED',
  WebAssembly.Global
>;

/** Writes what the loop computes with (asm/target.ts). */
export function writeConstants(memory: WebAssembly.Memory, at: Addresses): void {
  const view = new DataView(memory.buffer);
  const put = (constant: keyof Addresses, strideBytes: number, numbers: readonly bigint[]) => {
    for (const [i, number] of numbers.entries()) view.setBigUint64(at[constant].value + i * strideBytes, number, true);
  };
  put('P', 4, limbsOf(P));
  put('TWO', 8, lifted(2n * P, 1n).map(inBothLanes));
  put('FOUR', 8, lifted(4n * P, 2n));
  put('NEGATIVE_INVERSE', 4, [negativeInverse()]);
  put('INWARD', 8, limbsOf(2n ** 400n % P).map(inBothLanes));
  put('OUTWARD', 8, limbsOf(2n ** 384n % P).map(inBothLanes));
  put('RAISED', 8, raisedUnits());
  const bias = biasColumns();
  put('BIAS', 16, bias);
  for (const [i, column] of bias.entries()) view.setBigUint64(at.BIAS.value + i * 16 + 8, column, true);
}

/** What raising to p makes of w^k is ξ^(k(p − 1)/6) more: for each two k of a pair, real parts, then imaginary ones. */
function raisedUnits(): bigint[] {
  const unit = power([1n, 1n], (P - 1n) / 6n);
  const units: Fp2[] = [[1n, 0n]];
  while (units.length < 6) units.push(times(units.at(-1)!, unit));
  return [0, 2, 4].flatMap((k) => [0, 1].flatMap((part) => asPair(units[k]![part]!, units[k + 1]![part]!)));
}

/** Real and imaginary part. */
type Fp2 = readonly [bigint, bigint];

function power(base: Fp2, exponent: bigint): Fp2 {
  if (exponent === 0n) return [1n, 0n];
  const half = power(base, exponent / 2n);
  const square = times(half, half);
  return exponent % 2n === 0n ? square : times(square, base);
}

const times = ([r, i]: Fp2, [s, j]: Fp2): Fp2 => [(r * s + (P - i) * j) % P, (r * j + i * s) % P];

/** Two numbers as the loop keeps them. */
function asPair(first: bigint, second: bigint): bigint[] {
  const [one, other] = [first, second].map((number) => limbsOf((number << 392n) % P));
  return one!.map((limb, i) => limb | (other![i]! << 32n));
}

const inBothLanes = (limb: bigint): bigint => limb | (limb << 32n);

/**
 * A multiple of p in columns of 28 bits, each as large as what may be subtracted there (asm/target.ts): 100 products of limbs below 2^28, and
 * less in the last three, where one or both limbs are the highest, which are below 2^19.
 */
function biasColumns(): bigint[] {
  const columns = Array.from({ length: 27 }, (_, i) => (i < 24 ? 101n << 56n : 1n << [59n, 51n, 40n][i - 24]!));
  const rest = columns.reduceRight((sum, column) => (sum << LIMB_BITS) + column, 0n) % P;
  for (const [i, limb] of limbsOf(rest).entries()) columns[i]! -= limb;
  return columns;
}

function limbsOf(value: bigint): bigint[] {
  return Array.from({ length: LIMBS }, (_, i) => (value >> (LIMB_BITS * BigInt(i))) & LIMB_MASK);
}

/** The same number, each limb but the last with `by` · 2^28 more: what a limb is subtracted from without going below zero. */
function lifted(value: bigint, by: bigint): bigint[] {
  return limbsOf(value).map((limb, i) => limb + (i < LIMBS - 1 ? by << LIMB_BITS : 0n) - (i > 0 ? by : 0n));
}

/** −1/p modulo 2^28, each step right in twice as many bits (Hensel). */
function negativeInverse(): bigint {
  let inverse = 1n;
  for (let bits = 1; bits < LIMB_BITS; bits *= 2) inverse = (inverse * (2n - P * inverse)) & LIMB_MASK;
  assert(((inverse * P) & LIMB_MASK) === 1n, 'p is odd');
  return LIMB_MASK + 1n - inverse;
}
