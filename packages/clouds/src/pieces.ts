import { type Bytes, concat } from '@salus/base';
import { cloudsError } from './errors.ts';

/** All pieces as one array; a single piece is not copied. Throws `object-oversized` as soon as the limit is passed. */
export async function gather(pieces: AsyncIterable<Bytes>, limitBytes: number): Promise<Bytes> {
  const kept: Bytes[] = [];
  let sizeBytes = 0;
  for await (const piece of pieces) {
    sizeBytes += piece.length;
    if (sizeBytes > limitBytes) throw cloudsError('object-oversized', { limitBytes });
    kept.push(piece);
  }
  return kept.length === 1 ? kept[0]! : concat(...kept);
}

/** A body as pieces. */
export async function* piecesOf(body: Bytes | AsyncIterable<Bytes>): AsyncIterable<Bytes> {
  if (body instanceof Uint8Array) yield body;
  else yield* body;
}
