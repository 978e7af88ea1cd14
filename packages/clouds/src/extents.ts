import { hex } from '@salus/base';
import type { DirectoryEntry } from './directory.ts';
import type { ChunkExtent, ChunkHash, PlacementIndex, StripeId } from './placement.ts';
import { PLACEMENT_BATCH_LIMIT } from './placement.ts';

/** A stripe's directory as the placement keeps it. */
export function extentsOf(stripe: StripeId, entries: readonly DirectoryEntry[]): ChunkExtent[] {
  let stripeOffset = 0;
  return entries.map((entry) => {
    const { chunkBytes, chunkOffset, lengthBytes } = entry;
    const extent = { chunk: hex(entry.chunk), chunkBytes, chunkOffset, stripe, stripeOffset, lengthBytes };
    stripeOffset += lengthBytes;
    return extent;
  });
}

/**
 * Parts that make a whole chunk, in order, each cut to what the ones before leave; undefined where a part is missing. A
 * chunk placed twice, perhaps cut differently, is covered by whichever parts reach furthest.
 */
export function coverChunk(extents: readonly ChunkExtent[]): ChunkExtent[] | undefined {
  const chunkBytes = extents[0]?.chunkBytes;
  if (chunkBytes === undefined) return undefined;
  const cover: ChunkExtent[] = [];
  for (let at = 0; at < chunkBytes; ) {
    let best: ChunkExtent | undefined;
    for (const extent of extents)
      if (extent.chunkOffset <= at && endOf(extent) > at && (!best || endOf(extent) > endOf(best))) best = extent;
    if (!best) return undefined;
    const skip = at - best.chunkOffset;
    const part = { chunkOffset: at, stripeOffset: best.stripeOffset + skip, lengthBytes: best.lengthBytes - skip };
    cover.push({ ...best, ...part });
    at = endOf(best);
  }
  return cover;
}

/** Covers of those chunks that are wholly placed. One look-up per `PLACEMENT_BATCH_LIMIT` chunks. */
export async function findCovers(
  placement: PlacementIndex,
  chunks: readonly ChunkHash[],
): Promise<Map<ChunkHash, ChunkExtent[]>> {
  const wanted = [...new Set(chunks)];
  const byChunk = new Map<ChunkHash, ChunkExtent[]>();
  for (let from = 0; from < wanted.length; from += PLACEMENT_BATCH_LIMIT)
    for (const extent of await placement.extents(wanted.slice(from, from + PLACEMENT_BATCH_LIMIT)))
      byChunk.set(extent.chunk, [...(byChunk.get(extent.chunk) ?? []), extent]);
  const covers = new Map<ChunkHash, ChunkExtent[]>();
  for (const [chunk, extents] of byChunk) {
    const cover = coverChunk(extents);
    if (cover) covers.set(chunk, cover);
  }
  return covers;
}

const endOf = (extent: ChunkExtent): number => extent.chunkOffset + extent.lengthBytes;
