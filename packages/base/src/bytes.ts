/** Raw bytes. Aliases below say what role a byte string plays; lengths are checked where bytes arrive from outside. */
export type Bytes = Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** UTF-8 bytes of a text. */
export const utf8 = (text: string): Bytes => encoder.encode(text);

/** Text of UTF-8 bytes. Throws TypeError on malformed UTF-8. */
export const text = (bytes: Bytes): string => decoder.decode(bytes);

/** One array holding all parts, in order. Copies each part once. */
export function concat(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Writes into arrays that lie one behind the other: each call goes on where the last one ended. Throws RangeError behind the end. */
export function scatter(targets: readonly Bytes[]): (bytes: Bytes) => void {
  let [target, at] = [0, 0];
  return (bytes) => {
    for (let from = 0; from < bytes.length; ) {
      const into = targets[target];
      if (!into) throw new RangeError('more bytes than the targets hold');
      const size = Math.min(bytes.length - from, into.length - at);
      into.set(bytes.subarray(from, from + size), at);
      from += size;
      at += size;
      if (at === into.length) [target, at] = [target + 1, 0];
    }
  };
}

/** Whether two byte strings are the same; time depends on their length only. */
export function equal(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** Lexicographic order of byte strings, as of CBOR map keys (RFC 8949 section 4.2.1). */
export function compare(a: Bytes, b: Bytes): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal. */
export function hex(bytes: Bytes): string {
  let out = '';
  for (const byte of bytes) out += HEX[byte];
  return out;
}

/** Bytes of lower-case hexadecimal. Throws RangeError on anything else. */
export function fromHex(digits: string): Bytes {
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/.test(digits)) throw new RangeError('not lower-case hexadecimal');
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** base64url without padding (RFC 4648 section 5), the form of bytes in JSON. */
export function base64url(bytes: Bytes): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Bytes of base64url without padding. Throws RangeError on anything else, non-canonical final bits included. */
export function fromBase64url(digits: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(digits) || digits.length % 4 === 1) throw new RangeError('not base64url');
  const binary = atob(digits.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  if (base64url(bytes) !== digits) throw new RangeError('not canonical base64url');
  return bytes;
}

/** I2OSP(value, 4), RFC 8017. Throws RangeError outside 0 … 2^32 − 1. */
export function u32(value: number): Bytes {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new RangeError('not a 32-bit unsigned integer');
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** I2OSP(value, 8) for safe integers. Throws RangeError otherwise. */
export function u64(value: number): Bytes {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('not a safe unsigned integer');
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/**
 * The unambiguous input of every hash and signature: the tag first, then each part, each preceded by its length as
 * I2OSP(·,4) (spec/encoding.md). Two different lists of parts never encode alike.
 */
export function framed(tag: string, ...parts: (Bytes | string)[]): Bytes {
  const pieces = [tag, ...parts].map((part) => (typeof part === 'string' ? utf8(part) : part));
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + 4 + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    for (let shift = 24; shift >= 0; shift -= 8) whole[at++] = piece.length >>> shift;
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
