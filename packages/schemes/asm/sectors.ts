// Sums of products of sectors and weights (src/keyless/possession/sectors.ts), in AssemblyScript with SIMD.
// A sector is 31 bytes, little-endian: a number below the order of the pairing groups. Numbers are taken in limbs of 26
// bits: a product has 52 bits, so that 4,096 of them add up in 64 bits before anything must be carried.
// Nothing here branches on, or reads an address that depends on, a sector or a weight: weights may be secret.
//
// Memory: weights from WEIGHTS on, ten limbs of 4 bytes each, one sector's behind the other; the block from BLOCK on, with
// eight spare bytes behind; sums from SUMS on.

export const SECTORS: u32 = 2048;
const SECTOR_BYTES: u32 = 31;
const LIMBS: u32 = 10;
const LIMB_BITS: u32 = 26;
const MASK: u64 = (1 << 26) - 1;

/** Address of the weights: 2,048 × 10 × 4 bytes. */
export const WEIGHTS: u32 = 65536;
/** Address of a block: 2,048 × 31 bytes. */
export const BLOCK: u32 = 147456;
/** Address of sums: 20 limbs of 8 bytes, for `evaluate` one, for `combine` one a sector. */
export const SUMS: u32 = 212992;
export const SUM_BYTES: u32 = 176;
/** Where products of odd limbs gather, one limb further on, so that both are written in aligned pairs. */
const ODD: u32 = 64;
const EVEN: u32 = 256;

// @ts-ignore: decorator
@inline
function limb(sector: u32, k: u32): i32 {
  const bit = LIMB_BITS * k;
  const wide = load<u64>(sector + (bit >> 3)) >> (bit & 7);
  return <i32>(wide & (k == LIMBS - 1 ? (1 << 14) - 1 : MASK));
}

// @ts-ignore: decorator
@inline
function addPair(at: u32, product: v128): void {
  v128.store(at, i64x2.add(v128.load(at), product));
}

/** Adds sector × weight into the pairs at `even` (limbs 0…) and `odd` (limbs 1…). */
// @ts-ignore: decorator
@inline
function multiply(sector: u32, weight: u32, pairs: u32, even: u32, odd: u32): void {
  for (let k: u32 = 0; k < LIMBS; k += 2) {
    const low = i32x4.splat(limb(sector, k));
    const high = i32x4.splat(limb(sector, k + 1));
    for (let p: u32 = 0; p < pairs; p++) {
      const two = v128.load64_zero(weight + (p << 3));
      addPair(even + ((k + (p << 1)) << 3), i64x2.extmul_low_i32x4_u(two, low));
      addPair(odd + ((k + (p << 1)) << 3), i64x2.extmul_low_i32x4_u(two, high));
    }
  }
}

/** The sum of all sectors times their weights, into SUMS: limbs not yet carried, each below 2^64. */
export function evaluate(): void {
  memory.fill(SUMS, 0, SUM_BYTES);
  for (let quarter: u32 = 0; quarter < 4; quarter++) {
    memory.fill(ODD, 0, 160);
    memory.fill(EVEN, 0, 160);
    for (let j = quarter * (SECTORS >> 2), end = (quarter + 1) * (SECTORS >> 2); j < end; j++)
      multiply(BLOCK + j * SECTOR_BYTES, WEIGHTS + j * (LIMBS << 2), 5, EVEN, ODD);
    // A limb gathers five products of each sector: those of a quarter are carried before the next one's are added.
    let carry: u64 = 0;
    for (let k: u32 = 0; k < 21; k++) {
      let value = carry + load<u64>(SUMS + (k << 3));
      if (k < 20) value += load<u64>(EVEN + (k << 3));
      if (k > 0) value += load<u64>(ODD + ((k - 1) << 3));
      store<u64>(SUMS + (k << 3), value & MASK);
      carry = value >> LIMB_BITS;
    }
  }
}

/** Forgets the sums of `combine`. */
export function clear(): void {
  memory.fill(SUMS, 0, SECTORS * 256);
}

/**
 * Adds every sector times the one weight at WEIGHTS, of at most 130 bits, to the sector's sums: 16 limbs of even and 16 of
 * odd products. At most 1,300 blocks between two calls of `clear`.
 */
export function combine(): void {
  for (let j: u32 = 0; j < SECTORS; j++) {
    const sums = SUMS + (j << 8);
    multiply(BLOCK + j * SECTOR_BYTES, WEIGHTS, 3, sums, sums + 128);
  }
}
