import { assert, type Bytes, hex, isSalusError } from '@salus/base';
import { Buffers } from './buffers.ts';
import { placeable } from './choose.ts';
import type {
  Chunk,
  Clouds,
  CloudsEvent,
  CloudsOptions,
  CloudsStatus,
  FetchedChunk,
  RepairOptions,
  TellMoved,
} from './clouds.ts';
import { SHARDS_LIMIT } from './erasure.ts';
import { cloudsError } from './errors.ts';
import { findCovers } from './extents.ts';
import { GET_LIMIT, getChunks } from './getChunks.ts';
import { addStore, drain, removeStore, type Stores, setDraining, setPreference } from './membership.ts';
import type { ObjectName, ObjectStore } from './objectStore.ts';
import { gather } from './pieces.ts';
import type { StoreName } from './placement.ts';
import type { StorePreference } from './preference.ts';
import { Placer } from './putChunks.ts';
import { rebuildPlacement } from './rebuild.ts';
import { repair } from './repair.ts';
import { readStatus } from './status.ts';
import { WatchedStore } from './watchedStore.ts';
import type { World } from './world.ts';

// Shards of the stripes under way, three times six.
const SPARE_BYTES = 20 * 1024 * 1024;
// A shard is 1 MiB at most: a store that cannot move it in half a minute is of no use to people who wait.
const USUAL_TIMEOUT_MS = 30_000;

/** Opens the clouds. Does no I/O. Asserts that the options fit together; throws `stores-too-few` where wishes leave too few stores. */
export function openClouds(options: CloudsOptions): Clouds {
  const { stores, k, n, storageRoot } = options;
  const durableShards = options.durableShards ?? Math.max(k, n - 1);
  assert(storageRoot.length === 32, 'a storage root of 32 bytes');
  assert(k >= 1 && k < n && n <= SHARDS_LIMIT && n <= stores.length, '1 ≤ k < n ≤ stores');
  assert(durableShards >= k && durableShards <= n, 'k ≤ durableShards ≤ n');
  assert(new Set(stores.map(({ name }) => name)).size === stores.length, 'each store named once');
  const emit = options.onEvent ?? (() => {});
  const behind = new Behind(emit);
  const watched: Stores = new Map(
    stores.map(({ name, store, preference }) => [name, new WatchedStore(name, store, options.clock, emit, preference)]),
  );
  const mostPerRegion = options.mostPerRegion ?? n;
  const others = placeable([...watched.values()], mostPerRegion);
  if (others < n) throw cloudsError('stores-too-few', { others, needed: n });
  const { placement, random, clock } = options;
  return new Room(
    {
      stores: watched,
      code: { k, n },
      durableShards,
      mostPerRegion,
      storageRoot,
      placement,
      buffers: new Buffers(SPARE_BYTES),
      random,
      clock,
      writeTimeoutMs: options.writeTimeoutMs ?? USUAL_TIMEOUT_MS,
      readTimeoutMs: options.readTimeoutMs ?? USUAL_TIMEOUT_MS,
      emit,
      behind: (work) => behind.add(work),
    },
    behind,
    watched,
  );
}

class Room implements Clouds {
  readonly #placer: Placer;
  #closed = false;

  constructor(
    readonly world: World,
    readonly behind: Behind,
    readonly stores: Stores,
  ) {
    this.#placer = new Placer(world);
  }

  async putChunks(chunks: readonly Chunk[]) {
    this.#checkOpen();
    return this.#placer.put(chunks);
  }

  async *getChunks(hashes: readonly Bytes[]): AsyncIterable<FetchedChunk> {
    this.#checkOpen();
    yield* getChunks(this.world, hashes);
  }

  async missing(hashes: readonly Bytes[]): Promise<Bytes[]> {
    this.#checkOpen();
    if (hashes.length > GET_LIMIT) throw cloudsError('chunk-count', { count: hashes.length, limit: GET_LIMIT });
    const wanted = new Map(hashes.map((hash) => [hex(hash), hash]));
    const covers = await findCovers(this.world.placement, [...wanted.keys()]);
    return [...wanted].filter(([chunk]) => !covers.has(chunk)).map(([, hash]) => hash);
  }

  async repair(options?: RepairOptions) {
    this.#checkOpen();
    return repair(this.world, options);
  }

  async readPart(store: StoreName, name: ObjectName, { offset, lengthBytes }: { offset: number; lengthBytes: number }) {
    this.#checkOpen();
    const watched = this.stores.get(store);
    if (!watched) throw cloudsError('store-unknown', { store });
    return watched.run(this.world.readTimeoutMs, (from, signal) =>
      gather(from.get(name, { offset, lengthBytes, signal }), lengthBytes),
    );
  }

  async addStore(name: StoreName, store: ObjectStore, preference?: StorePreference) {
    this.#checkOpen();
    await addStore(this.world, this.stores, name, store, preference);
  }

  setPreference(name: StoreName, preference: StorePreference) {
    this.#checkOpen();
    setPreference(this.world, this.stores, name, preference);
  }

  setDraining(name: StoreName, draining: boolean) {
    this.#checkOpen();
    setDraining(this.world, this.stores, name, draining);
  }

  async drain(name: StoreName, limit: number, tell?: TellMoved) {
    this.#checkOpen();
    return drain(this.world, this.stores, name, limit, tell);
  }

  async removeStore(name: StoreName, lost = false) {
    this.#checkOpen();
    await removeStore(this.world, this.stores, name, lost);
  }

  async status(options: { probe?: boolean } = {}): Promise<CloudsStatus> {
    this.#checkOpen();
    return readStatus(this.world, options.probe ?? false);
  }

  async rebuildPlacement() {
    this.#checkOpen();
    return rebuildPlacement(this.world);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.behind.ended();
  }

  #checkOpen(): void {
    if (this.#closed) throw cloudsError('clouds-closed');
  }
}

/** Work behind answers, until it has ended. */
class Behind {
  readonly #work = new Set<Promise<void>>();

  constructor(readonly emit: (event: CloudsEvent) => void) {}

  add(work: Promise<void>): void {
    const watched = work
      .catch((thrown: unknown) => {
        this.emit({ kind: 'placement-failed', code: isSalusError(thrown) ? thrown.code : 'unexpected' });
      })
      .finally(() => this.#work.delete(watched));
    this.#work.add(watched);
  }

  async ended(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }
}
