import { createCipheriv } from 'node:crypto';
import type { Bytes, Random } from '@salus/base';
import { u64, utf8 } from '@salus/base';
import { contextOf, newSecret, type PersonKeys, personKeys, type Secret, secretFrom } from '../src/holder/index.ts';
import { sha256 } from '../src/keyless/hash.ts';
import { addScalars, freshScalar, type Servable, type Share, serve } from '../src/keyless/index.ts';

/** A reproducible source of randomness: SHA-256 in counter mode over a seed. */
export function seeded(seed: string): Random {
  let counter = 0;
  return (lengthBytes) => {
    const bytes = new Uint8Array(lengthBytes);
    for (let at = 0; at < lengthBytes; at += 32)
      bytes.set(sha256(utf8(seed), u64(counter++)).subarray(0, lengthBytes - at), at);
    return bytes;
  };
}

/** A person with keys for the one organisation of these tests. */
export const person = (name: string): PersonKeys => personKeys(sha256(utf8(name)), 'st-elsewhere');

/** A sealed secret with all that a reader learns of it beside the slot. */
export interface Sealed {
  secret: Secret;
  expected: { c1: Bytes; com: Bytes; kappa: Bytes; ctx: Bytes };
}

export function sealedAs(record: string, rng: Random, author = 'author'): Sealed {
  const ctx = contextOf({ record, group: 'vitals', generation: 1, author });
  const origin = newSecret(rng);
  const secret = secretFrom(origin, ctx);
  return { secret, expected: { c1: secret.c1, com: secret.com, kappa: origin.kappa, ctx } };
}

/** One fetch with a single keeper: fresh t and y unless given, and the keeper's answer. */
export function fetchOnce(
  stored: Servable & { lock: Bytes },
  rng: Random,
  { t, y }: { t?: Bytes; y?: Bytes } = {},
): { E: Bytes; c2: Bytes; answers: Share[]; threshold: 1 } {
  const blinding = y ?? freshScalar(rng);
  const delivered = serve(stored, { t: t ?? freshScalar(rng), y: blinding });
  return { ...delivered, answers: [{ i: 1, value: addScalars(stored.lock, blinding) }], threshold: 1 };
}

/** Much reproducible random data, fast: a zero stream under AES-256-CTR. */
export const bulk = (seed: string, sizeBytes: number): Bytes =>
  new Uint8Array(
    createCipheriv('aes-256-ctr', sha256(utf8(seed)), new Uint8Array(16)).update(new Uint8Array(sizeBytes)),
  );
