import { type Bytes, equal, fromHex, hex } from '@salus/base';
import { eachBounded } from './bounded.ts';
import { chooseSpare, placeable } from './choose.ts';
import type { DrainReport, TellMoved } from './clouds.ts';
import { cloudsError } from './errors.ts';
import type { ObjectStore } from './objectStore.ts';
import { gather } from './pieces.ts';
import { PLACEMENT_BATCH_LIMIT, type ShardPlace, type StoreName, type StripePlacement } from './placement.ts';
import type { StorePreference } from './preference.ts';
import { faultOf, readShard } from './readShard.ts';
import { WatchedStore } from './watchedStore.ts';
import type { World } from './world.ts';
import { putShard } from './writeStripe.ts';

/** The stores of a world that may change while it runs. */
export type Stores = Map<StoreName, WatchedStore>;

const PROBE_BYTES = 64;
// Two stripes at a time keep both stores busy, and leave room for readers.
const PARALLEL = 2;

/**
 * Takes a store in, once it has shown that it keeps what it is given: an object written, read back and removed. New stripes
 * use it from then on. Throws `store-known`, or what the store failed with.
 */
export async function addStore(
  world: World,
  stores: Stores,
  name: StoreName,
  store: ObjectStore,
  preference?: StorePreference,
): Promise<void> {
  if (stores.has(name)) throw cloudsError('store-known', { store: name });
  const watched = new WatchedStore(name, store, world.clock, world.emit, preference);
  const [object, bytes] = [`probe/${hex(world.random(16))}`, world.random(PROBE_BYTES)];
  await watched.run(world.writeTimeoutMs, async (tried, signal) => {
    await tried.put(object, bytes, { signal });
    const read: Bytes = await gather(tried.get(object, { signal }), PROBE_BYTES);
    await tried.delete(object);
    if (!equal(read, bytes)) throw cloudsError('store-unavailable', { why: 'it gave other bytes than it was given' });
  });
  if (stores.has(name)) throw cloudsError('store-known', { store: name });
  stores.set(name, watched);
}

/**
 * Gives a store no more to keep, and no longer asks it first. Throws `store-unknown`, and `stores-too-few` where fewer stores
 * would take pieces than a stripe has.
 */
export function setDraining(world: World, stores: Stores, name: StoreName, draining: boolean): void {
  const watched = needStore(stores, name);
  if (draining) needOthers(world, stores, name);
  watched.draining = draining;
}

/**
 * What an operator wants of a store, from now on; what lies where stays. Throws `store-unknown`, and `stores-too-few` where a
 * stripe would no longer find a store for each of its pieces.
 */
export function setPreference(world: World, stores: Stores, name: StoreName, preference: StorePreference): void {
  const watched = needStore(stores, name);
  const before = watched.preference;
  watched.preference = preference;
  const others = placeable([...stores.values()], world.mostPerRegion);
  if (others >= world.code.n) return;
  watched.preference = before;
  throw cloudsError('stores-too-few', { others, needed: world.code.n });
}

/**
 * Moves shards of a draining store to stores that have none of their stripe: each is read and checked, written elsewhere,
 * recorded there, told of, and only then removed here, so that no read finds it in neither place. What cannot be read is left
 * to repair, which makes it again elsewhere. Throws `store-unknown`, `store-not-draining`, and what `tell` throws.
 */
export async function drain(
  world: World,
  stores: Stores,
  name: StoreName,
  limit: number,
  tell: TellMoved = async () => {},
): Promise<DrainReport> {
  const watched = needStore(stores, name);
  if (!watched.draining) throw cloudsError('store-not-draining', { store: name });
  const page = Math.min(limit, PLACEMENT_BATCH_LIMIT);
  const ids = await world.placement.onStore({ store: name, limit: page });
  const report: DrainReport = { moved: 0, failed: 0, left: 0 };
  const copied: ShardPlace[] = [];
  await eachBounded(await world.placement.stripes(ids), PARALLEL, async (placement) => {
    for (const place of placement.shards.filter(({ store }) => store === name))
      if (await move(world, watched, placement, place, report)) copied.push(place);
  });
  if (copied.length > 0) await tell(copied.map(({ stripe }) => stripe));
  await eachBounded(copied, PARALLEL, async ({ name: object }) => {
    await watched.run(world.writeTimeoutMs, (store) => store.delete(object!)).catch(() => undefined);
  });
  report.left = await world.placement.countOnStore(name);
  return report;
}

/** Whether there is something now to be removed where the shard was. */
async function move(
  world: World,
  from: WatchedStore,
  placement: StripePlacement,
  place: ShardPlace,
  report: DrainReport,
): Promise<boolean> {
  const taken = new Set(placement.shards.filter(({ index }) => index !== place.index).map(({ store }) => store));
  const target = chooseSpare(world, fromHex(placement.stripe), taken);
  if (!target) {
    report.failed++;
    return false;
  }
  if (place.state !== 'stored') {
    // Nothing to copy: repair makes it again, and from now on at its new place.
    await world.placement.updateShards([{ ...place, store: target.name, state: 'owed' }]);
    report.moved++;
    return false;
  }
  try {
    const { object } = await readShard(world, place);
    const moved = { ...place, store: target.name };
    await putShard(world, target, moved, object);
    await world.placement.updateShards([moved]);
    world.emit({ kind: 'shard-moved', from: from.name, to: target.name, stripe: place.stripe, index: place.index });
    report.moved++;
    return true;
  } catch (thrown) {
    report.failed++;
    const state = faultOf(thrown);
    if (state) await world.placement.updateShards([{ ...place, state }]);
    return false;
  }
}

/**
 * Forgets a store. One that still has shards is forgotten only where it is `lost`: they count as missing, and repair makes
 * them again elsewhere. Throws `store-unknown`, `store-in-use`, `stores-too-few`.
 */
export async function removeStore(world: World, stores: Stores, name: StoreName, lost: boolean): Promise<void> {
  needStore(stores, name);
  needOthers(world, stores, name);
  const shards = await world.placement.countOnStore(name);
  if (shards > 0 && !lost) throw cloudsError('store-in-use', { store: name, shards });
  stores.delete(name);
  if (shards > 0) await world.placement.loseStore(name);
}

function needStore(stores: Stores, name: StoreName): WatchedStore {
  const watched = stores.get(name);
  if (!watched) throw cloudsError('store-unknown', { store: name });
  return watched;
}

/** A stripe needs a store for each of its pieces. */
function needOthers(world: World, stores: Stores, name: StoreName): void {
  const others = placeable(
    [...stores.values()].filter((one) => one.name !== name),
    world.mostPerRegion,
  );
  if (others < world.code.n) throw cloudsError('stores-too-few', { others, needed: world.code.n });
}
