import { type Bytes, concat, framed } from '@salus/base';
import { hmacSha256, sha256, sha512 } from '#platform';

export { hmacSha256, letGo, sha256, sha512, systemRandom } from '#platform';

/** SHA-256 over the framed tag and parts (spec/encoding.md). 32 bytes. Tags read `SALUS1/<use>`. */
export const digest = (tag: string, ...parts: (Bytes | string)[]): Bytes => sha256(framed(tag, ...parts));

/** SHA-512 over the framed tag and parts: what is reduced to a scalar. 64 bytes. */
export const wideDigest = (tag: string, ...parts: (Bytes | string)[]): Bytes => sha512(framed(tag, ...parts));

/** HMAC-SHA-256 over framed parts. 32 bytes. */
export const mac = (key: Bytes, tag: string, ...parts: (Bytes | string)[]): Bytes =>
  hmacSha256(key, framed(tag, ...parts));

/** HKDF-SHA-256 (RFC 5869). `lengthBytes` at most 8,160; more is our bug. */
export function hkdf(secret: Bytes, salt: Bytes, info: Bytes, lengthBytes: number): Bytes {
  const prk = hmacSha256(salt.length > 0 ? salt : NO_SALT, secret);
  const blocks: Bytes[] = [];
  let previous: Bytes = NOTHING;
  for (let counter = 1; blocks.length * 32 < lengthBytes; counter++) {
    previous = hmacSha256(prk, previous, info, Uint8Array.of(counter));
    blocks.push(previous);
  }
  prk.fill(0);
  return concat(...blocks).subarray(0, lengthBytes);
}

const NOTHING = new Uint8Array(0);
const NO_SALT = new Uint8Array(32);
const FIRST = Uint8Array.of(1);

/** A 32-byte key for one use, from a secret: HKDF with the framed tag and parts as info. */
export const deriveKey = (secret: Bytes, tag: string, ...parts: (Bytes | string)[]): Bytes =>
  deriveKeys(secret, [framed(tag, ...parts)])[0]!;

/** As `deriveKey` for several infos of one secret: what HKDF extracts is the same. */
export function deriveKeys(secret: Bytes, infos: readonly Bytes[]): Bytes[] {
  const prk = hmacSha256(NO_SALT, secret);
  const keys = infos.map((info) => hmacSha256(prk, info, FIRST));
  prk.fill(0);
  return keys;
}
