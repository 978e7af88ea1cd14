import type { CloudsStatus, StoreStatus } from './clouds.ts';
import type { WatchedStore } from './watchedStore.ts';
import type { World } from './world.ts';

/** How the stores are, from the watch kept on them and the placement's sums. */
export async function readStatus(world: World, probe: boolean): Promise<CloudsStatus> {
  if (probe) await Promise.all([...world.stores.values()].map((watched) => ask(world, watched)));
  const totals = await world.placement.totals();
  const held = new Map(totals.stores.map((sum) => [sum.store, sum]));
  const stores = [...world.stores.values()].map((watched): StoreStatus => {
    const { name, answers, draining, preference: placement, latencyMs, lastError } = watched;
    const { shards, sizeBytes } = held.get(name) ?? { shards: 0, sizeBytes: 0 };
    return { name, reachable: answers, draining, placement, shards, sizeBytes, latencyMs, lastError };
  });
  return { stores, stripes: totals.stripes, degraded: totals.degraded };
}

/** One small question. Its outcome is in the watch. */
async function ask(world: World, watched: WatchedStore): Promise<void> {
  await watched
    .run(world.readTimeoutMs, (store) => store.list({ limit: 1 }))
    .then(
      () => undefined,
      () => undefined,
    );
}
