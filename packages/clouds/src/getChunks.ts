import { setMaxListeners } from 'node:events';
import { type Bytes, fromHex, hex } from '@salus/base';
import type { FetchedChunk } from './clouds.ts';
import { cloudsError } from './errors.ts';
import { findCovers } from './extents.ts';
import { fetchStripe, type OpenedStripe } from './fetchStripe.ts';
import { type ChunkExtent, PLACEMENT_BATCH_LIMIT, type StripeId, type StripePlacement } from './placement.ts';
import type { World } from './world.ts';

/** Most chunks asked at once: a file of 16 GiB in chunks of the usual size. */
export const GET_LIMIT = 16_384;
// Read ahead so far: one stripe more than the one under way keeps six clouds busy, and a hundred readers at once find room.
const AHEAD_BYTES = 6 * 1024 * 1024;
const AHEAD_STRIPES = 32;

/** Chunks in order, each stripe fetched once while chunks near each other need it. */
export async function* getChunks(world: World, hashes: readonly Bytes[]): AsyncIterable<FetchedChunk> {
  if (hashes.length > GET_LIMIT) throw cloudsError('chunk-count', { count: hashes.length, limit: GET_LIMIT });
  const wanted = hashes.map(hex);
  const covers = await findCovers(world.placement, wanted);
  const plan = wanted.map((chunk) => {
    const parts = covers.get(chunk);
    if (!parts) throw cloudsError('chunk-unknown', { chunk });
    return parts;
  });
  const window = new StripeWindow(world, await placementsOf(world, plan), plan);
  try {
    for (const [at, parts] of plan.entries()) {
      const stripes = await window.open(at);
      yield { hash: fromHex(wanted[at]!), parts: parts.flatMap((part, i) => cut(stripes[i]!, part)) };
      window.leave(at);
    }
  } finally {
    window.close();
  }
}

/** What an extent names of an opened stripe. Throws `chunk-misplaced` where the stripe says that something else lies there. */
function cut({ parts, extents }: OpenedStripe, asked: ChunkExtent): Bytes[] {
  if (!extents.some((sealed) => within(asked, sealed))) throw cloudsError('chunk-misplaced', { chunk: asked.chunk });
  const { stripeOffset, lengthBytes } = asked;
  const cuts: Bytes[] = [];
  let at = 0;
  for (const part of parts) {
    const bytes = part.subarray(Math.max(0, stripeOffset - at), Math.max(0, stripeOffset + lengthBytes - at));
    if (bytes.length > 0) cuts.push(bytes);
    at += part.length;
  }
  return cuts;
}

/** Whether one extent is another, or a part of it. */
function within(part: ChunkExtent, whole: ChunkExtent): boolean {
  const skipped = part.stripeOffset - whole.stripeOffset;
  return (
    part.chunk === whole.chunk &&
    part.chunkBytes === whole.chunkBytes &&
    skipped >= 0 &&
    part.chunkOffset - whole.chunkOffset === skipped &&
    skipped + part.lengthBytes <= whole.lengthBytes
  );
}

async function placementsOf(world: World, plan: readonly ChunkExtent[][]): Promise<Map<StripeId, StripePlacement>> {
  const ids = [...new Set(plan.flat().map(({ stripe }) => stripe))];
  const placements = new Map<StripeId, StripePlacement>();
  for (let from = 0; from < ids.length; from += PLACEMENT_BATCH_LIMIT)
    for (const placement of await world.placement.stripes(ids.slice(from, from + PLACEMENT_BATCH_LIMIT)))
      placements.set(placement.stripe, placement);
  return placements;
}

/** Stripes being fetched or open, for the chunks from the current one to as far ahead as memory allows. */
class StripeWindow {
  readonly #open = new Map<StripeId, { opened: Promise<OpenedStripe>; uses: number; sizeBytes: number }>();
  readonly #closed = new AbortController();
  #ahead = 0;
  #sizeBytes = 0;

  constructor(
    readonly world: World,
    readonly placements: ReadonlyMap<StripeId, StripePlacement>,
    readonly plan: readonly ChunkExtent[][],
  ) {
    // One listener for each stripe under way, as many as are meant to be.
    setMaxListeners(AHEAD_STRIPES * 2, this.#closed.signal);
  }

  /**
   * The stripes of a chunk's parts; starts fetching those that the next chunks need: always the very next one's, which may lie in part in
   * a stripe that would be forgotten otherwise, and read again.
   */
  async open(at: number): Promise<OpenedStripe[]> {
    while (this.#ahead < this.plan.length && (this.#ahead <= at + 1 || this.#hasRoom())) {
      for (const { stripe } of this.plan[this.#ahead]!) this.#use(stripe);
      this.#ahead++;
    }
    return Promise.all(this.plan[at]!.map(({ stripe }) => this.#open.get(stripe)!.opened));
  }

  /** Forgets stripes that no chunk in the window needs any more. */
  leave(at: number): void {
    for (const { stripe } of this.plan[at]!) {
      const entry = this.#open.get(stripe)!;
      if (--entry.uses > 0) continue;
      this.#open.delete(stripe);
      this.#sizeBytes -= entry.sizeBytes;
    }
  }

  close(): void {
    this.#closed.abort();
  }

  #hasRoom(): boolean {
    return this.#sizeBytes < AHEAD_BYTES && this.#open.size < AHEAD_STRIPES;
  }

  #use(stripe: StripeId): void {
    const there = this.#open.get(stripe);
    if (there) {
      there.uses++;
      return;
    }
    const placement = this.placements.get(stripe);
    if (!placement) throw cloudsError('clouds-unavailable', { reached: 0, needed: this.world.code.k });
    const opened = fetchStripe(this.world, placement, this.#closed.signal);
    // Its failure is told when its chunk's turn comes, or never.
    opened.catch(() => undefined);
    this.#open.set(stripe, { opened, uses: 1, sizeBytes: placement.sealedBytes });
    this.#sizeBytes += placement.sealedBytes;
  }
}
