import type { Bytes } from '@salus/base';
import type { Chunk } from './clouds.ts';
import { EXTENTS_LIMIT } from './directory.ts';
import type { PackedStripe } from './stripe.ts';

/**
 * Lays chunks one behind the other into stripes of the capacity; a chunk that does not fit goes on in the next stripe, and
 * the last stripe is short. Copies nothing.
 */
export function* packStripes(chunks: Iterable<Chunk>, capacityBytes: number): Iterable<PackedStripe> {
  let stripe: PackedStripe = { entries: [], parts: [] };
  let room = capacityBytes;
  for (const { hash, bytes } of chunks) {
    for (let chunkOffset = 0; chunkOffset < bytes.length; ) {
      const part: Bytes = bytes.subarray(chunkOffset, chunkOffset + room);
      stripe.entries.push({ chunk: hash, chunkBytes: bytes.length, chunkOffset, lengthBytes: part.length });
      stripe.parts.push(part);
      chunkOffset += part.length;
      room -= part.length;
      if (room > 0 && stripe.entries.length < EXTENTS_LIMIT) continue;
      yield stripe;
      stripe = { entries: [], parts: [] };
      room = capacityBytes;
    }
  }
  if (stripe.parts.length > 0) yield stripe;
}
