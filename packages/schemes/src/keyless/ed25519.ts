import type { Bytes } from '@salus/base';
import { ed25519Public, ed25519Sign, ed25519Verify } from '#platform';

/** 32 bytes, RFC 8032. */
export type VerifyingKey = Bytes;
/** 32-byte seed, RFC 8032. */
export type SigningKey = Bytes;
/** 64 bytes, RFC 8032. */
export type Signature = Bytes;

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
// y coordinates of the eight points whose order divides 8 (RFC 7748 section 5 discusses them; both signs of x share y).
const Y8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const SMALL_ORDER_Y = new Set([0n, 1n, P - 1n, Y8, P - Y8]);

const littleEndian = (bytes: Bytes): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** Whether 32 bytes are a canonical encoding of a point that is not of small order. */
export function isSoundPoint(point: Bytes): boolean {
  if (point.length !== 32) return false;
  const y = littleEndian(point) & (2n ** 255n - 1n);
  return y < P && !SMALL_ORDER_Y.has(y);
}

/**
 * Strict Ed25519: the platform's verifier, and our refusal of small-order or non-canonical keys and R and of s ≥ L,
 * because platforms accept a small-order key for any message. False for anything that does not hold; never throws.
 * About 0.1 ms.
 */
export async function verifySignature(key: VerifyingKey, message: Bytes, signature: Signature): Promise<boolean> {
  if (signature.length !== 64 || !isSoundKey(key) || !isSoundPoint(signature.subarray(0, 32))) return false;
  if (littleEndian(signature.subarray(32)) >= ORDER) return false;
  return ed25519Verify(key, message, signature);
}

/** Signs with a 32-byte seed. */
export const sign = (key: SigningKey, message: Bytes): Promise<Signature> => ed25519Sign(key, message);

/** The public key of a seed. */
export const verifyingKeyOf = (key: SigningKey): Promise<VerifyingKey> => ed25519Public(key);

// A node verifies thousands of operations under the same keys; a key's soundness does not change.
const soundKeys = new Set<string>();
const SOUND_KEYS_LIMIT = 10_000;

function isSoundKey(key: VerifyingKey): boolean {
  const name = String.fromCharCode(...key);
  if (soundKeys.has(name)) return true;
  if (!isSoundPoint(key)) return false;
  if (soundKeys.size >= SOUND_KEYS_LIMIT) soundKeys.clear();
  soundKeys.add(name);
  return true;
}
