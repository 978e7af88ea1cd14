import { type Bytes, hex, isSalusError } from '@salus/base';
import { chooseStores, isBehind } from './choose.ts';
import type { DirectoryEntry } from './directory.ts';
import { cloudsError } from './errors.ts';
import { extentsOf } from './extents.ts';
import type { ShardPlace, StripePlacement } from './placement.ts';
import { type ShardObject, sealedBytesOf } from './stripe.ts';
import type { WatchedStore } from './watchedStore.ts';
import type { World } from './world.ts';

/** A stripe on its way to the stores. */
export interface StripeWrite {
  /** Changes in place while writes end. */
  placement: StripePlacement;
  /** Enough shards are durable. Rejects with `clouds-unavailable` once fewer than k can be. */
  durable: Promise<void>;
  /** Every write has ended. Never rejects. */
  settled: Promise<void>;
}

/**
 * Starts writing the shards of a stripe, one to a store. Durable when `durableShards` are; where fewer can be, as two of
 * six stores away, when every write has ended and at least k are.
 */
export function writeStripe(
  world: World,
  id: Bytes,
  shards: readonly ShardObject[],
  entries: readonly DirectoryEntry[],
): StripeWrite {
  const stripe = hex(id);
  const targets = chooseStores(world, id);
  const places = shards.map(({ index, name, object }): ShardPlace => {
    return { stripe, index, store: targets[index]!.name, name, sizeBytes: object.length, state: 'owed' };
  });
  const placement: StripePlacement = {
    stripe,
    ...world.code,
    sealedBytes: sealedBytesOf(entries),
    shards: places,
    extents: extentsOf(stripe, entries),
  };
  const attempted = shouldTry(world, targets);
  const tally = new Tally(world, attempted.size);
  const writes = shards.map(async ({ object }, index) => {
    const place = places[index]!;
    if (!attempted.has(targets[index]!)) return world.buffers.give(object);
    try {
      await putShard(world, targets[index]!, place, object);
      place.state = 'stored';
      // A store whose write ended well keeps nothing; one that was given up on may still be reading.
      world.buffers.give(object);
      tally.stored();
    } catch {
      tally.failed();
    }
  });
  return { placement, durable: tally.durable, settled: Promise.all(writes).then(() => undefined) };
}

/** Writes one shard and tells of a failure. Throws the store's error. */
export async function putShard(world: World, watched: WatchedStore, place: ShardPlace, object: Bytes): Promise<void> {
  watched.hold(object.length);
  try {
    await watched.run(world.writeTimeoutMs, (store, signal) => store.put(place.name!, object, { signal }));
  } catch (thrown) {
    watched.hold(-object.length);
    const code = isSalusError(thrown) ? thrown.code : 'store-unavailable';
    world.emit({ kind: 'shard-failed', store: watched.name, stripe: place.stripe, index: place.index, code });
    throw thrown;
  }
}

/**
 * Stores to write to now; the others are owed their shard. A store that is behind is left out while the rest suffice for
 * an undegraded acknowledgement, and stores set aside are tried all the same where the rest are fewer than k.
 */
function shouldTry(world: World, targets: readonly WatchedStore[]): Set<WatchedStore> {
  const usable = targets.filter((watched) => watched.takesWrites);
  const prompt = usable.filter((watched) => !isBehind(watched));
  if (prompt.length >= world.durableShards) return new Set(prompt);
  return new Set(usable.length >= world.code.k ? usable : targets);
}

/** Counts shards until it is clear whether enough are durable. */
class Tally {
  readonly durable: Promise<void>;
  #decide!: { resolve: () => void; reject: (error: Error) => void };
  #stored = 0;

  constructor(
    readonly world: World,
    private pending: number,
  ) {
    this.durable = new Promise((resolve, reject) => {
      this.#decide = { resolve, reject };
    });
    this.durable.catch(() => undefined);
  }

  stored(): void {
    this.#stored++;
    this.#ended();
  }

  failed(): void {
    this.#ended();
  }

  #ended(): void {
    this.pending--;
    const { k } = this.world.code;
    if (this.#stored + this.pending < k)
      this.#decide.reject(cloudsError('clouds-unavailable', { reached: this.#stored, needed: k }));
    else if (this.#stored >= this.world.durableShards || this.pending === 0) this.#decide.resolve();
  }
}
