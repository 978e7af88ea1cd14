// Numbers as the loop keeps them, and as the pairing library does (../target.ts).

import { ADDED, CARRIED, COLUMNS, INWARD, LIMBS, MASK, OUTWARD, P, PAIR, WIDE } from './layout';
import { columns, reduce } from './product';

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
