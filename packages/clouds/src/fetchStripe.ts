import { setMaxListeners } from 'node:events';
import { type Bytes, fromHex } from '@salus/base';
import { cloudsError } from './errors.ts';
import { extentsOf } from './extents.ts';
import type { ChunkExtent, ShardPlace, StripePlacement } from './placement.ts';
import { faultOf, type ReadShard, readShard, readShardUnchecked } from './readShard.ts';
import type { CheckedShard } from './shardObject.ts';
import { openStripe } from './stripe.ts';
import type { World } from './world.ts';

// Another shard is asked for when the slowest of those under way takes three times its usual time: rare while stores
// behave, and a stalled one costs little more than that.
const HEDGE_FACTOR = 3;
const HEDGE_FIRST_MS = 250;
const HEDGE_LEAST_MS = 20;
// What a shard that has to be decoded may save before it is asked instead of one that need not be: stores of one speed take turns at
// being the fastest, and decoding costs more than that is worth. 4 MiB take a millisecond or two; local disks differ by as much from one
// read to the next.
const DECODING_FACTOR = 1.5;
const DECODING_MS = 5;

/** A stripe that opened: its bytes, in parts, and whose they are, both as they were sealed. */
export interface OpenedStripe {
  parts: Bytes[];
  extents: ChunkExtent[];
}

/**
 * A stripe from the k fastest of its shards; others are asked where those fail or are slow. Faults go to the placement, where repair
 * finds them. Throws `clouds-unavailable`.
 * A stripe that opens under the organisation's key is what was sealed, every byte of it: only where it does not, shards are read again
 * and each is held against its name, which says whose bytes are wrong.
 */
export async function fetchStripe(
  world: World,
  placement: StripePlacement,
  cancel?: AbortSignal,
): Promise<OpenedStripe> {
  for (const read of [readShardUnchecked, readShard]) {
    const opened = await openFrom(world, placement, await new ShardRace(world, placement, read, cancel).run());
    if (opened) return opened;
  }
  // Every shard was checked against the organisation's key, so only a placement of other numbers leads here.
  throw cloudsError('clouds-unavailable', { reached: 0, needed: placement.k });
}

async function openFrom(world: World, placement: StripePlacement, shards: ReadonlyMap<number, CheckedShard>) {
  const { k, n, sealedBytes } = placement;
  const bodies = new Map([...shards].map(([index, { body }]) => [index, body]));
  if (!alike(bodies)) return undefined;
  const parts = await openStripe(world.storageRoot, { k, n }, fromHex(placement.stripe), sealedBytes, bodies);
  for (const body of bodies.values()) world.buffers.give(body);
  // Every header was sealed for this stripe: they all say the same.
  const [first] = [...shards.values()];
  return parts && { parts, extents: extentsOf(placement.stripe, first!.entries) };
}

/** Headers say how long a body is; shards of one stripe say the same. */
const alike = (bodies: ReadonlyMap<number, Bytes>): boolean =>
  new Set([...bodies.values()].map((body) => body.length)).size === 1;

class ShardRace {
  readonly #shards = new Map<number, CheckedShard>();
  readonly #waiting: ShardPlace[];
  readonly #over = new AbortController();
  #underWay = 0;
  #stopHedge = () => {};

  constructor(
    readonly world: World,
    readonly placement: StripePlacement,
    readonly read: ReadShard,
    readonly cancel?: AbortSignal,
  ) {
    this.#waiting = inOrderOfPromise(world, placement);
    setMaxListeners(placement.n, this.#over.signal);
  }

  run(): Promise<Map<number, CheckedShard>> {
    let stop = () => {};
    return new Promise<Map<number, CheckedShard>>((resolve, reject) => {
      stop = () => reject(cloudsError('store-unavailable', { why: 'cancelled' }));
      this.cancel?.addEventListener('abort', stop, { once: true });
      if (this.cancel?.aborted) stop();
      else this.#go(resolve, reject);
    }).finally(() => {
      this.cancel?.removeEventListener('abort', stop);
      this.#stopHedge();
      this.#over.abort();
    });
  }

  /** Starts as many reads as are still needed; called again whenever one ends. */
  #go(resolve: (shards: Map<number, CheckedShard>) => void, reject: (error: Error) => void): void {
    const { k } = this.placement;
    const needed = k - this.#shards.size;
    if (needed <= 0) resolve(this.#shards);
    if (needed <= 0 || this.#over.signal.aborted) return;
    while (this.#underWay < needed && this.#waiting.length > 0)
      this.#start(this.#waiting.shift()!, () => this.#go(resolve, reject));
    if (this.#underWay >= needed) this.#hedge(() => this.#go(resolve, reject));
    else reject(cloudsError('clouds-unavailable', { reached: this.#shards.size, needed: k }));
  }

  #hedge(ended: () => void): void {
    this.#stopHedge();
    if (this.#waiting.length === 0) return;
    const usual = this.#median();
    const delayMs = usual > 0 ? Math.max(HEDGE_LEAST_MS, HEDGE_FACTOR * usual) : HEDGE_FIRST_MS;
    this.#stopHedge = this.world.clock.after(delayMs, () => {
      const next = this.#waiting.shift();
      if (next) this.#start(next, ended);
      this.#hedge(ended);
    });
  }

  /** The usual time of the stores that hold this stripe: half of them are faster. */
  #median(): number {
    const known = this.placement.shards
      .map(({ store }) => this.world.stores.get(store)?.latencyMs ?? null)
      .filter((latencyMs) => latencyMs !== null)
      .sort((a, b) => a - b);
    return known[Math.floor(known.length / 2)] ?? 0;
  }

  #start(place: ShardPlace, ended: () => void): void {
    this.#underWay++;
    this.read(this.world, place, this.#over.signal)
      .then(
        (shard) => void this.#shards.set(place.index, shard),
        (thrown) => this.#noteFault(place, thrown),
      )
      .finally(() => {
        this.#underWay--;
        ended();
      });
  }

  #noteFault(place: ShardPlace, thrown: unknown): void {
    const state = faultOf(thrown);
    if (!state || place.state !== 'stored') return;
    this.world.emit({ kind: 'shard-faulty', store: place.store, stripe: place.stripe, index: place.index, state });
    this.world.behind(this.world.placement.noteStates([{ ...place, state }]));
  }
}

/** Shards known to be good on answering stores first, soonest of use first; what may have arrived unnoticed comes last. */
function inOrderOfPromise(world: World, { k, shards }: StripePlacement): ShardPlace[] {
  const rank = (place: ShardPlace): number => {
    const watched = world.stores.get(place.store);
    return (place.state === 'stored' ? 0 : 2) + (watched?.answers ? 0 : 1);
  };
  const expected = ({ store, index }: ShardPlace): number => {
    const readMs = world.stores.get(store)?.expectedMs ?? 0;
    return index < k ? readMs : DECODING_FACTOR * readMs + DECODING_MS;
  };
  return shards
    .filter((place) => place.name !== null)
    .sort((a, b) => rank(a) - rank(b) || expected(a) - expected(b) || a.index - b.index);
}
