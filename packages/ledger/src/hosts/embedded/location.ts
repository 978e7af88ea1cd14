import type { Bytes } from '@salus/base';
import type { Receipt } from '../../ledger.ts';
import type { Extent } from './blockLog.ts';

/** Where an operation stands, and where its bytes lie in the block log. */
export type Location = Receipt & Extent;

const SIZE_BYTES = 6 * 8 + 32;

/** Six numbers of 8 bytes, then the hash. */
export function encodeLocation(location: Location): Bytes {
  const { height, index, logIndex, time, offset, length, hash } = location;
  const bytes = new Uint8Array(SIZE_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [i, number] of [height, index, logIndex, time, offset, length].entries())
    view.setBigUint64(8 * i, BigInt(number));
  bytes.set(hash, 48);
  return bytes;
}

export function decodeLocation(bytes: Bytes): Location {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const number = (i: number) => Number(view.getBigUint64(8 * i));
  return {
    height: number(0),
    index: number(1),
    logIndex: number(2),
    time: number(3),
    offset: number(4),
    length: number(5),
    hash: bytes.slice(48, SIZE_BYTES),
  };
}

/** Places of a block's operations inside its wire form, from the lengths of the CBOR heads before them. */
export function operationExtents(headerBytes: number, operations: readonly Bytes[]): Extent[] {
  let at = 1 + byteStringBytes(headerBytes) + headBytes(operations.length);
  return operations.map(({ length }) => {
    const offset = at + headBytes(length);
    at = offset + length;
    return { offset, length };
  });
}

const headBytes = (value: number): number => (value < 24 ? 1 : value < 256 ? 2 : value < 65_536 ? 3 : 5);
const byteStringBytes = (length: number): number => headBytes(length) + length;
