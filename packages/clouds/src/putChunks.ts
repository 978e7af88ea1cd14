import { equal, hex } from '@salus/base';
import { sha256 } from '@salus/schemes/keyless';
import { Turnstile } from './bounded.ts';
import { breathe } from './breathe.ts';
import type { Chunk, PutReport } from './clouds.ts';
import { cloudsError } from './errors.ts';
import { findCovers } from './extents.ts';
import { learnHeld } from './held.ts';
import { packStripes } from './pack.ts';
import { type ChunkHash, PLACEMENT_BATCH_LIMIT } from './placement.ts';
import { codeStripe, stripeCapacity } from './stripe.ts';
import type { World } from './world.ts';
import { type StripeWrite, writeStripe } from './writeStripe.ts';

/** Largest chunk: what one upload request carries. */
export const CHUNK_LIMIT_BYTES = 8 * 1024 * 1024;
/** Most chunks of one put: with sealed readings of 2 KiB, what one upload request carries. */
export const PUT_LIMIT = 4096;
// Stripes coded and not yet durable, over all puts: one is coded while others are written. About 10 MiB each.
const UNDER_WAY_LIMIT = 3;

/** Places chunks; one for all puts of a `Clouds`. */
export class Placer {
  readonly #underWay = new Turnstile(UNDER_WAY_LIMIT);
  // A chunk that two callers send at once is written for the first and awaited by the second.
  readonly #placing = new Map<ChunkHash, Promise<unknown>>();

  constructor(readonly world: World) {}

  async put(chunks: readonly Chunk[]): Promise<PutReport> {
    const distinct = await checkChunks(chunks);
    const others = [...distinct.keys()].flatMap((chunk) => this.#placing.get(chunk) ?? []);
    const own = [...distinct].filter(([chunk]) => !this.#placing.has(chunk));
    const mine = this.#placeUnknown(own);
    for (const [chunk] of own) this.#placing.set(chunk, mine);
    try {
      // Also where another's chunk fails: nothing may still read these chunks when the caller goes on.
      await Promise.allSettled([mine, ...others]);
      const [report] = await Promise.all([mine, ...others]);
      return { ...report, known: chunks.length - report.placed };
    } finally {
      for (const [chunk] of own) this.#placing.delete(chunk);
    }
  }

  async #placeUnknown(own: [ChunkHash, Chunk][]): Promise<PutReport> {
    const known = await findCovers(
      this.world.placement,
      own.map(([chunk]) => chunk),
    );
    const fresh = own.filter(([chunk]) => !known.has(chunk)).map(([, chunk]) => chunk);
    if (fresh.length > 0) await learnHeld(this.world);
    const writes = await this.#writeAll(fresh);
    await this.#record(writes);
    const degraded = writes.filter(({ placement }) => storedShards(placement) < this.world.durableShards);
    for (const { placement } of degraded)
      this.world.emit({ kind: 'stripe-degraded', stripe: placement.stripe, shards: storedShards(placement) });
    return { placed: fresh.length, known: known.size, stripes: writes.length, degraded: degraded.length > 0 };
  }

  /** Codes and writes stripe after stripe; resolves when all are durable, or takes back what was written. */
  async #writeAll(chunks: readonly Chunk[]): Promise<StripeWrite[]> {
    const writes: StripeWrite[] = [];
    try {
      for (const packed of packStripes(chunks, stripeCapacity(this.world.code.k))) {
        const leave = await this.#underWay.enter();
        const id = this.world.random(32);
        const { storageRoot, code, buffers } = this.world;
        const shards = await codeStripe(storageRoot, code, id, packed, buffers).catch((thrown) => {
          leave();
          throw thrown;
        });
        const write = writeStripe(this.world, id, shards, packed.entries);
        write.durable.then(leave, leave);
        writes.push(write);
      }
      await Promise.all(writes.map(({ durable }) => durable));
      return writes;
    } catch (thrown) {
      this.world.behind(takeBack(this.world, writes));
      throw thrown;
    }
  }

  /** Records the stripes as they are now, and behind the answer what their last writes came to. */
  async #record(writes: readonly StripeWrite[]): Promise<void> {
    for (let from = 0; from < writes.length; from += PLACEMENT_BATCH_LIMIT) {
      const batch = writes.slice(from, from + PLACEMENT_BATCH_LIMIT).map(({ placement }) => structuredClone(placement));
      await this.world.placement.record(batch);
      const owed = batch.flatMap(({ shards }) => shards).filter(({ state }) => state === 'owed');
      if (owed.length > 0) this.world.behind(this.#recordLate(writes, new Set(owed.map(placeKey))));
    }
  }

  async #recordLate(writes: readonly StripeWrite[], owed: ReadonlySet<string>): Promise<void> {
    await Promise.all(writes.map(({ settled }) => settled));
    const arrived = writes
      .flatMap(({ placement }) => placement.shards)
      .filter((place) => place.state === 'stored' && owed.has(placeKey(place)));
    if (arrived.length > 0) await this.world.placement.updateShards(arrived);
  }
}

const placeKey = ({ stripe, index }: { stripe: string; index: number }): string => `${stripe}/${index}`;

const storedShards = ({ shards }: StripeWrite['placement']): number =>
  shards.filter(({ state }) => state === 'stored').length;

/** Deletes shards of an upload that failed, as far as stores answer; what is left is unreadable and harmless. */
async function takeBack(world: World, writes: readonly StripeWrite[]): Promise<void> {
  for (const { placement, settled } of writes) {
    await settled;
    for (const { store, name, state } of placement.shards)
      if (state === 'stored')
        await world.stores
          .get(store)!
          .run(world.writeTimeoutMs, (inner) => inner.delete(name!))
          .catch(() => undefined);
  }
}

/** Chunks by hash, each once. Throws `chunk-count`, `chunk-size`, `chunk-hash`. One hash of every byte. */
async function checkChunks(chunks: readonly Chunk[]): Promise<Map<ChunkHash, Chunk>> {
  if (chunks.length > PUT_LIMIT) throw cloudsError('chunk-count', { count: chunks.length, limit: PUT_LIMIT });
  const distinct = new Map<ChunkHash, Chunk>();
  for (const chunk of chunks) {
    const sizeBytes = chunk.bytes.length;
    if (sizeBytes < 1 || sizeBytes > CHUNK_LIMIT_BYTES)
      throw cloudsError('chunk-size', { sizeBytes, limitBytes: CHUNK_LIMIT_BYTES });
    if (!equal(sha256(chunk.bytes), chunk.hash)) throw cloudsError('chunk-hash', { chunk: hex(chunk.hash) });
    await breathe(sizeBytes);
    distinct.set(hex(chunk.hash), chunk);
  }
  return distinct;
}
