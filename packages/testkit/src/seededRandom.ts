import { concat, type Random, u32, utf8 } from '@salus/base';
import { hkdf, sha256 } from '@salus/schemes/keyless';

// The most that one HKDF gives, RFC 5869.
const STEP_BYTES = 255 * 32;

/** Randomness that a seed repeats. For tests only. */
export function seededRandom(seed: string): Random {
  const secret = sha256(utf8(seed));
  let calls = 0;
  const step = (lengthBytes: number) => hkdf(secret, new Uint8Array(0), u32(calls++), lengthBytes);
  return (lengthBytes) => {
    if (lengthBytes <= STEP_BYTES) return step(lengthBytes);
    const steps = Math.ceil(lengthBytes / STEP_BYTES);
    return concat(...Array.from({ length: steps }, () => step(STEP_BYTES))).subarray(0, lengthBytes);
  };
}
