import type { Readable } from 'node:stream';
import type { Bytes } from '@salus/base';
import { cloudsError } from '../errors.ts';
import type { ReadRange } from '../objectStore.ts';

/** The header `Range` for a read; undefined for a whole object. */
export function rangeHeader({ offset = 0, lengthBytes }: ReadRange): string | undefined {
  if (lengthBytes !== undefined) return `bytes=${offset}-${offset + lengthBytes - 1}`;
  return offset > 0 ? `bytes=${offset}-` : undefined;
}

interface Announced {
  range: ReadRange;
  /** The header `Content-Range` of the answer. */
  contentRange: string | undefined;
  /** The header `Content-Length`, where there is one. */
  lengthBytes: number | undefined;
}

/**
 * The pieces of an answer's body. A server that ignored the range would hand out other bytes than were asked for, and one
 * that ends early a part for the whole: both throw `store-unavailable`. Ends the answer where the reader stops.
 */
export async function* checkedBody(
  body: Readable,
  { range, contentRange, lengthBytes }: Announced,
): AsyncIterable<Bytes> {
  let sizeBytes = 0;
  try {
    if (rangeHeader(range) && !contentRange?.startsWith(`bytes ${range.offset ?? 0}-`))
      throw cloudsError('store-unavailable', { why: 'it does not know ranges' });
    for await (const piece of body) {
      sizeBytes += (piece as Bytes).length;
      yield piece as Bytes;
    }
    if (lengthBytes !== undefined && sizeBytes < lengthBytes)
      throw cloudsError('store-unavailable', { why: 'the answer ended early' });
  } finally {
    body.destroy();
  }
}
