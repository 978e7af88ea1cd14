import { ml_kem768_x25519 as xwing } from '@noble/post-quantum/hybrid.js';
import { type Bytes, concat, type Random } from '@salus/base';
import { schemes } from '../errors.ts';
import { openOnce, SEAL_OVERHEAD, sealOnce } from './aead.ts';
import { deriveKey } from './hash.ts';
import { tag } from './suite.ts';

/** X-Wing (draft-connolly-cfrg-xwing-kem): X25519 and ML-KEM-768 together. */
export const BOX_SEED_BYTES = 32;
export const BOX_KEY_BYTES = 1216;
export const ENCAPSULATION_BYTES = 1120;
/** Bytes that a box adds: the encapsulation, the key commitment and the tag. */
export const BOX_OVERHEAD = ENCAPSULATION_BYTES + SEAL_OVERHEAD;

/** Seed (the secret key, 32 bytes) and public key (1,216 bytes) of a box. About 2 ms. */
export const boxKeyOf = (seed: Bytes): { publicKey: Bytes } => ({ publicKey: xwing.getPublicKey(seed) });

/** A shared secret for a public key. 64 random bytes. Throws `box-key-unsound`. About 2 ms. */
export function encapsulate(publicKey: Bytes, random: Random): { encapsulation: Bytes; secret: Bytes } {
  if (publicKey.length !== BOX_KEY_BYTES) throw schemes('box-key-unsound');
  const coins = random(64);
  try {
    const { cipherText, sharedSecret } = xwing.encapsulate(publicKey, coins);
    return { encapsulation: cipherText, secret: sharedSecret };
  } catch {
    throw schemes('box-key-unsound');
  } finally {
    coins.fill(0);
  }
}

/** The secret of an encapsulation, or undefined where its bytes are of no use. A forged one gives another secret. */
export function decapsulate(seed: Bytes, encapsulation: Bytes): Bytes | undefined {
  if (seed.length !== BOX_SEED_BYTES || encapsulation.length !== ENCAPSULATION_BYTES) return undefined;
  try {
    return xwing.decapsulate(encapsulation, seed);
  } catch {
    return undefined;
  }
}

/**
 * Seals to a public key: encapsulation 1,120 ‖ `sealOnce` under a key derived from the shared secret, the
 * encapsulation, the public key and aad. Anybody can make a box; who made it must be signed elsewhere.
 * Throws `box-key-unsound`.
 */
export async function sealBox(toPublicKey: Bytes, plaintext: Bytes, aad: Bytes, random: Random): Promise<Bytes> {
  const { encapsulation, secret } = encapsulate(toPublicKey, random);
  const sealed = await sealOnce(boxSecret(secret, encapsulation, toPublicKey, aad), plaintext, aad);
  secret.fill(0);
  return concat(encapsulation, sealed);
}

/**
 * The plaintext, or undefined where seed, box or aad are not the ones sealed; never says which. The public key is
 * derived from the seed (2 ms) where it is not given.
 */
export async function openBox(
  seed: Bytes,
  publicKey: Bytes | undefined,
  box: Bytes,
  aad: Bytes,
): Promise<Bytes | undefined> {
  if (box.length < BOX_OVERHEAD) return undefined;
  const encapsulation = box.subarray(0, ENCAPSULATION_BYTES);
  const secret = decapsulate(seed, encapsulation);
  if (!secret) return undefined;
  const key = boxSecret(secret, encapsulation, publicKey ?? boxKeyOf(seed).publicKey, aad);
  secret.fill(0);
  return openOnce(key, box.subarray(ENCAPSULATION_BYTES), aad);
}

const boxSecret = (secret: Bytes, encapsulation: Bytes, publicKey: Bytes, aad: Bytes): Bytes =>
  deriveKey(secret, tag('box'), encapsulation, publicKey, aad);
