import { type Bytes, concat, u32 } from '@salus/base';
import { recordError } from './errors.ts';

/** Length as I2OSP(·,4), the bytes, zeros up to a multiple of the step: sizes tell less. */
export function padded(bytes: Bytes, stepBytes: number): Bytes {
  const length = 4 + bytes.length;
  return concat(u32(bytes.length), bytes, new Uint8Array((stepBytes - (length % stepBytes)) % stepBytes));
}

/** What `padded` was given. Throws `does-not-open` where the length does not fit. */
export function unpadded(bytes: Bytes): Bytes {
  const length =
    bytes.length < 4 ? Number.POSITIVE_INFINITY : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (length > bytes.length - 4) throw recordError('does-not-open');
  return bytes.subarray(4, 4 + length);
}

/**
 * The padded length of content: Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication
 * with PURBs", PETS 2019, section 4), at most 12 % more, so that a size tells O(log log n) bits; at least 1 KiB.
 */
export function paddedLength(lengthBytes: number): number {
  if (lengthBytes <= MINIMUM_BYTES) return MINIMUM_BYTES;
  const exponent = Math.floor(Math.log2(lengthBytes));
  const mantissa = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - mantissa);
  return Math.ceil(lengthBytes / step) * step;
}

const MINIMUM_BYTES = 1_024;
