// Scalars in digits to the base of the curve's parameter (../target.ts).

import { CARRIED } from './layout';

/** The curve's parameter is −X. */
const X: u64 = 0xd201000000010000;

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
