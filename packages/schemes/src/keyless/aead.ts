import { type Bytes, concat, equal, framed, type Random, scatter } from '@salus/base';
import { aesGcmOpen, aesGcmSeal } from '#platform';
import { deriveKey, deriveKeys } from './hash.ts';

/** Bytes that `sealOnce` adds: key commitment 32, tag 16. */
export const SEAL_OVERHEAD = 48;
/** Bytes that `sealSalted` adds: salt 32 and the above. */
export const SALTED_OVERHEAD = 80;

const NONCE = new Uint8Array(12);

/**
 * AES-256-GCM under a key that seals this one message, with a 32-byte key commitment in front, since GCM alone can be
 * opened under two keys (cryptography section 1). The nonce is zero: never seal twice under one key.
 * Result: commitment 32 ‖ ciphertext ‖ tag 16.
 */
export async function sealOnce(key: Bytes, plaintext: Bytes, aad: Bytes): Promise<Bytes> {
  const sealed = new Uint8Array(plaintext.length + SEAL_OVERHEAD);
  await sealInto([sealed], key, [plaintext], aad);
  return sealed;
}

/**
 * As `sealOnce` of the parts one behind the other, written across targets one behind the other, which hold at least
 * `SEAL_OVERHEAD` bytes more than the parts: for bulk, which nothing should copy or allocate again.
 */
export async function sealInto(
  targets: readonly Bytes[],
  key: Bytes,
  parts: readonly Bytes[],
  aad: Bytes,
): Promise<void> {
  const write = scatter(targets);
  const [commitment, cipherKey] = keysOf(key);
  write(commitment);
  await aesGcmSeal(cipherKey, NONCE, parts, aad, write);
}

/** The plaintext, or undefined where key, bytes or aad are not the ones sealed. Never says which. */
export async function openOnce(key: Bytes, sealed: Bytes, aad: Bytes): Promise<Bytes | undefined> {
  return (await openParts(key, [sealed], aad))?.[0];
}

/** As `openOnce` of parts one behind the other, of which the first holds at least 32 bytes; the plaintext comes in parts, too. */
export async function openParts(key: Bytes, parts: readonly Bytes[], aad: Bytes): Promise<Bytes[] | undefined> {
  const [first, ...rest] = parts;
  const sizeBytes = parts.reduce((sum, part) => sum + part.length, 0);
  if (!first || sizeBytes < SEAL_OVERHEAD) return undefined;
  const [commitment, cipherKey] = keysOf(key);
  if (!equal(commitment, first.subarray(0, 32))) return undefined;
  return aesGcmOpen(cipherKey, NONCE, [first.subarray(32), ...rest], aad);
}

/** Seals under a secret used many times: a one-time key from the secret and 32 random bytes sent in front. */
export async function sealSalted(secret: Bytes, plaintext: Bytes, aad: Bytes, random: Random): Promise<Bytes> {
  const salt = random(32);
  return concat(salt, await sealOnce(deriveKey(secret, 'SALUS1/aead/salted', salt), plaintext, aad));
}

/** Opens what `sealSalted` made, or undefined. */
export async function openSalted(secret: Bytes, sealed: Bytes, aad: Bytes): Promise<Bytes | undefined> {
  if (sealed.length < SALTED_OVERHEAD) return undefined;
  return openOnce(deriveKey(secret, 'SALUS1/aead/salted', sealed.subarray(0, 32)), sealed.subarray(32), aad);
}

const INFOS = [framed('SALUS1/aead/commitment'), framed('SALUS1/aead/cipher')];
const keysOf = (key: Bytes) => deriveKeys(key, INFOS) as [commitment: Bytes, cipherKey: Bytes];
