import { type Bytes, concat, encodingError, u32 } from '@salus/base';

/** A sealed chunk under its SHA-256. */
export interface FramedChunk {
  hash: Bytes;
  bytes: Bytes;
}

const HEAD_BYTES = 36;

/** The body of `putChunks`: SHA-256 32 ‖ length 4 ‖ bytes, for each. Copies each chunk once. */
export const frameChunks = (chunks: readonly FramedChunk[]): Bytes =>
  concat(...chunks.flatMap(({ hash, bytes }) => [hash, u32(bytes.length), bytes]));

/** Reads the body of `putChunks` without copying. Hashes are not checked here. Throws `encoding-malformed`. */
export function unframeChunks(body: Bytes): FramedChunk[] {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const chunks: FramedChunk[] = [];
  for (let at = 0; at < body.length; ) {
    const end = at + HEAD_BYTES <= body.length ? at + HEAD_BYTES + view.getUint32(at + 32) : Number.POSITIVE_INFINITY;
    if (end > body.length)
      throw encodingError('encoding-malformed', { what: 'the upload', why: 'its last chunk is cut' });
    chunks.push({ hash: body.subarray(at, at + 32), bytes: body.subarray(at + HEAD_BYTES, end) });
    at = end;
  }
  return chunks;
}
