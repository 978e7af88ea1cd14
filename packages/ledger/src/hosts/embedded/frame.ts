import { type Bytes, equal, u32, utf8 } from '@salus/base';
import { digest } from '@salus/schemes/keyless';
import { BLOCK_LIMIT_BYTES } from '../../block/block.ts';

/** marker "SLFR" ‖ length of the payload (4) ‖ checksum (32), then the payload. */
export const FRAME_HEAD_BYTES = 40;
/** Longest payload: one block. */
export const FRAME_LIMIT_BYTES = BLOCK_LIMIT_BYTES;
export const FRAME_MARKER = utf8('SLFR');

const checksum = (payload: Bytes): Bytes => digest('SALUS1/block-frame', payload);

/** Head and payload. */
export function encodeFrame(payload: Bytes): Bytes {
  const frame = new Uint8Array(FRAME_HEAD_BYTES + payload.length);
  frame.set(FRAME_MARKER);
  frame.set(u32(payload.length), 4);
  frame.set(checksum(payload), 8);
  frame.set(payload, FRAME_HEAD_BYTES);
  return frame;
}

/** Length of the payload that a head announces, or undefined where it is no head. */
export function payloadLength(head: Bytes): number | undefined {
  if (head.length < FRAME_HEAD_BYTES || !equal(head.subarray(0, 4), FRAME_MARKER)) return undefined;
  const length = new DataView(head.buffer, head.byteOffset).getUint32(4);
  return length <= FRAME_LIMIT_BYTES ? length : undefined;
}

/** Whether a head belongs to the payload behind it. */
export const frameHolds = (head: Bytes, payload: Bytes): boolean =>
  equal(head.subarray(8, FRAME_HEAD_BYTES), checksum(payload));

/** The file begins with this; frame 0 is the genesis, frame h block h. */
export const FILE_MAGIC = utf8('SALUSBL1');
