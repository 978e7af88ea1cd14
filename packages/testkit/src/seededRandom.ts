import { type Random, u32, utf8 } from '@salus/base';
import { hkdf, sha256 } from '@salus/schemes/keyless';

/** Randomness that a seed repeats. For tests only. */
export function seededRandom(seed: string): Random {
  const secret = sha256(utf8(seed));
  let calls = 0;
  return (lengthBytes) => hkdf(secret, new Uint8Array(0), u32(calls++), lengthBytes);
}
