import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverChunk } from '../src/extents.ts';
import type { ChunkExtent } from '../src/placement.ts';

const CHUNK_BYTES = 60;

const part = fc.record({ chunkOffset: fc.nat(CHUNK_BYTES - 1), length: fc.integer({ min: 1, max: 30 }) });

const extentsOf = (parts: { chunkOffset: number; length: number }[]): ChunkExtent[] =>
  parts.map(({ chunkOffset, length }, i) => ({
    chunk: 'c',
    chunkBytes: CHUNK_BYTES,
    chunkOffset,
    stripe: String(i),
    // Every stripe of this game holds the chunk's byte b at place b.
    stripeOffset: chunkOffset,
    lengthBytes: Math.min(length, CHUNK_BYTES - chunkOffset),
  }));

describe('covering a chunk with its parts', () => {
  it('finds a cover if and only if every byte is in some part, and gives each byte once, in order', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        const extents = extentsOf(parts);
        const held = new Set(
          extents.flatMap(({ chunkOffset, lengthBytes }) =>
            Array.from({ length: lengthBytes }, (_, i) => chunkOffset + i),
          ),
        );
        const cover = coverChunk(extents);
        expect(cover !== undefined).toBe(held.size === CHUNK_BYTES);
        const places = cover?.flatMap((extent) =>
          Array.from({ length: extent.lengthBytes }, (_, i) => extent.stripeOffset + i),
        );
        if (places) expect(places).toEqual([...Array(CHUNK_BYTES).keys()]);
      }),
    );
  });
});
