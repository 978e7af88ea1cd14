import { type Bytes, encodingError, u32 } from '@salus/base';

/** A sealed chunk under its SHA-256. */
export interface FramedChunk {
  hash: Bytes;
  bytes: Bytes;
}

/** What stands before each chunk in the body of `putChunks`: SHA-256 32 ‖ length 4. */
export const FRAME_HEAD_BYTES = 36;

/** Writes the head of a chunk that lies in the frame behind it already. */
export function writeFrameHead(frame: Bytes, hash: Bytes): void {
  frame.set(hash);
  frame.set(u32(frame.length - FRAME_HEAD_BYTES), hash.length);
}

/** Reads the body of `putChunks` without copying. Hashes are not checked here. Throws `encoding-malformed`. */
export function unframeChunks(body: Bytes): FramedChunk[] {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const chunks: FramedChunk[] = [];
  for (let at = 0; at < body.length; ) {
    const end =
      at + FRAME_HEAD_BYTES <= body.length ? at + FRAME_HEAD_BYTES + view.getUint32(at + 32) : Number.POSITIVE_INFINITY;
    if (end > body.length)
      throw encodingError('encoding-malformed', { what: 'the upload', why: 'its last chunk is cut' });
    chunks.push({ hash: body.subarray(at, at + 32), bytes: body.subarray(at + FRAME_HEAD_BYTES, end) });
    at = end;
  }
  return chunks;
}
