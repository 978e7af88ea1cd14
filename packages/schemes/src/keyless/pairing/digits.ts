import { assert } from '@salus/base';
import type { Fr } from './curve.ts';

/** Bits per window: more are faster, and cost more memory and time before the first use. Beyond 8 tables outgrow the processor's memory. */
export type WindowBits = 4 | 8;

const SCALAR_BITS = 256;

/** Windows of so many bits that hold a scalar. */
export const windowsOf = (bits: WindowBits): number => Math.ceil(SCALAR_BITS / bits);

/** The largest digit, and how many multiples of a window's unit a table holds besides zero. */
export const halfOf = (bits: WindowBits): number => 2 ** (bits - 1);

/**
 * A scalar in digits from −2^(bits−1) to 2^(bits−1) − 1, the lowest first: a table then needs half as many entries, where the inverse of
 * an entry is free. The same work for every scalar. As secret as the scalar is: overwrite them.
 */
export function signedDigits(scalar: Fr, bits: WindowBits): Int16Array {
  const half = halfOf(bits);
  const bigEndian = scalar.serialize();
  const digits = new Int16Array(windowsOf(bits));
  let carry = 0;
  for (let window = 0; window < digits.length; window++) {
    const digit = bitsAt(bigEndian, window * bits, bits) + carry;
    carry = digit >= half ? 1 : 0;
    digits[window] = digit - carry * 2 * half;
  }
  assert(carry === 0, 'a scalar below r leaves nothing behind its highest digit');
  bigEndian.fill(0);
  return digits;
}

/** So many bits of a number in 32 bytes, from bit `from` up, 0 the lowest; bits behind the end are zero. */
function bitsAt(bigEndian: Uint8Array, from: number, bits: number): number {
  const byte = 31 - (from >> 3);
  const three = (bigEndian[byte] ?? 0) | ((bigEndian[byte - 1] ?? 0) << 8) | ((bigEndian[byte - 2] ?? 0) << 16);
  return (three >> (from & 7)) & (2 ** bits - 1);
}
