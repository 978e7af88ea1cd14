import type { Bytes } from '@salus/base';
import { sha256 } from '@salus/schemes/keyless';
import { sdkError } from './errors.ts';

// Crockford's alphabet: no letter that is taken for a digit.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** 128 bits and a checksum of 32 as eight groups of four characters, to be written down. */
export function showCode(code: Bytes): string {
  const bits = [...code, ...sha256(code).subarray(0, 4)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const characters = bits.match(/.{5}/g)!.map((five) => ALPHABET[Number.parseInt(five, 2)]!);
  return characters.join('').match(/.{4}/g)!.join('-');
}

/** Reads a typed code; case, spaces and look-alikes do not matter. Throws `code-malformed` where it was mistyped. */
export function readCode(typed: string): Bytes {
  const characters = [...typed.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1')];
  const values = characters.map((character) => ALPHABET.indexOf(character));
  if (values.length !== 32 || values.includes(-1)) throw sdkError('code-malformed');
  const bits = values.map((value) => value.toString(2).padStart(5, '0')).join('');
  const bytes = Uint8Array.from(bits.match(/.{8}/g)!, (byte) => Number.parseInt(byte, 2));
  const code = bytes.slice(0, 16);
  if (
    sha256(code)
      .subarray(0, 4)
      .some((byte, i) => byte !== bytes[16 + i])
  )
    throw sdkError('code-malformed');
  return code;
}
