import { createCipheriv } from 'node:crypto';
import { type Bytes, concat } from '@salus/base';

// GF(2^128) as in GCM: bit 0 is the most significant, reduction by x^128 + x^7 + x^2 + x + 1.
const R = 0xe1n << 120n;
const ONE = 1n << 127n;

function times(x: bigint, y: bigint): bigint {
  let [product, v] = [0n, y];
  for (let bit = 127n; bit >= 0n; bit--) {
    if ((x >> bit) & 1n) product ^= v;
    v = v & 1n ? (v >> 1n) ^ R : v >> 1n;
  }
  return product;
}

/** x^(2^128 − 2). */
function inverse(x: bigint): bigint {
  let [result, square] = [ONE, x];
  for (let k = 0; k < 127; k++) {
    square = times(square, square);
    result = times(result, square);
  }
  return result;
}

const toNumber = (bytes: Bytes): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const toBytes = (value: bigint): Bytes => new Uint8Array(Buffer.from(value.toString(16).padStart(32, '0'), 'hex'));

function block(key: Bytes, input: Bytes): bigint {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return toNumber(cipher.update(input));
}

/**
 * One ciphertext block and tag that AES-256-GCM accepts under both keys, nonce zero, no aad: GCM's tag is linear in the
 * ciphertext, so equal tags are one equation in one unknown (Dodis, Grubbs, Ristenpart and Woodage, 2018).
 */
export function twoKeyCiphertext(one: Bytes, two: Bytes): Bytes {
  const counter = new Uint8Array(16);
  counter[15] = 1;
  const lengths = 128n;
  const [h1, h2] = [block(one, new Uint8Array(16)), block(two, new Uint8Array(16))];
  const constant = (key: Bytes, h: bigint) => times(lengths, h) ^ block(key, counter);
  const [c1, c2] = [constant(one, h1), constant(two, h2)];
  const ciphertext = times(c1 ^ c2, inverse(times(h1, h1) ^ times(h2, h2)));
  return concat(toBytes(ciphertext), toBytes(times(ciphertext, times(h1, h1)) ^ c1));
}
