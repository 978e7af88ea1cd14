import { type Bytes, fromHex } from '@salus/base';
import { eachBounded } from './bounded.ts';
import { chooseSpare } from './choose.ts';
import type { RepairOptions, RepairReport } from './clouds.ts';
import type { DirectoryEntry } from './directory.ts';
import { learnHeld } from './held.ts';
import type { ShardPlace, ShardState, StripeId, StripePlacement } from './placement.ts';
import { PLACEMENT_BATCH_LIMIT } from './placement.ts';
import { faultOf, readShard } from './readShard.ts';
import { openStripe, rebuildShards } from './stripe.ts';
import type { WatchedStore } from './watchedStore.ts';
import type { World } from './world.ts';
import { putShard } from './writeStripe.ts';

const USUAL_LIMIT = 100;
// Two stripes at a time keep the stores busy while one is coded, and leave room for readers.
const PARALLEL = 2;

/** Checks stripes with known faults, or all of them, and rebuilds the shards that are not what they should be. */
export async function repair(world: World, options: RepairOptions = {}): Promise<RepairReport> {
  const limit = Math.min(options.limit ?? USUAL_LIMIT, PLACEMENT_BATCH_LIMIT);
  const page = { limit, ...(options.after !== undefined && { after: options.after }) };
  const ids = await (options.scan ? world.placement.list(page) : world.placement.degraded(page));
  if (!options.after) await learnHeld(world, true);
  const report: RepairReport = { stripes: ids.length, checked: 0, found: [], rebuilt: [], owed: 0, unreadable: [] };
  await eachBounded(await world.placement.stripes(ids), PARALLEL, (placement) =>
    repairStripe(world, placement, report),
  );
  return ids.length === limit ? { ...report, next: ids[limit - 1] as StripeId } : report;
}

async function repairStripe(world: World, placement: StripePlacement, report: RepairReport): Promise<void> {
  const checked = await checkStripe(world, placement);
  const { states } = checked;
  report.checked += placement.shards.length;
  const faulty = placement.shards
    .map((place) => ({ place, state: states.get(place.index) ?? place.state }))
    .filter(({ state }) => state !== 'stored');
  for (const { place, state } of faulty)
    report.found.push({ stripe: place.stripe, index: place.index, store: place.store, state });
  const arrived = placement.shards
    .filter(({ index, state }) => state !== 'stored' && states.get(index) === 'stored')
    .map((place): ShardPlace => ({ ...place, state: 'stored' }));
  const rebuilt = faulty.length > 0 ? await rebuildFaulty(world, placement, faulty, checked, report) : [];
  const updates = [...arrived, ...rebuilt];
  if (updates.length > 0) await world.placement.updateShards(updates);
}

interface Checked {
  bodies: Map<number, Bytes>;
  /** The directory, from any shard that holds. */
  entries: DirectoryEntry[];
  states: Map<number, ShardState>;
}

/**
 * Reads every shard. A store that does not answer says nothing of its shard: that keeps the state it had. Stores that are
 * set aside are asked where the others do not suffice: each stripe would wait for one that hangs.
 */
async function checkStripe(world: World, placement: StripePlacement): Promise<Checked> {
  const checked: Checked = { bodies: new Map(), entries: [], states: new Map() };
  const check = (places: readonly ShardPlace[]) =>
    Promise.all(places.map((place) => checkShardAt(world, place, checked)));
  const isAside = ({ store }: ShardPlace) => world.stores.get(store)?.answers === false;
  await check(placement.shards.filter((place) => !isAside(place)));
  if (checked.bodies.size < placement.k) await check(placement.shards.filter(isAside));
  return checked;
}

async function checkShardAt(world: World, place: ShardPlace, checked: Checked): Promise<void> {
  try {
    const { body, entries } = await readShard(world, place);
    checked.bodies.set(place.index, body);
    checked.entries = entries;
    checked.states.set(place.index, 'stored');
  } catch (thrown) {
    const state = world.stores.has(place.store) ? faultOf(thrown) : 'missing';
    if (!state || (state === 'missing' && place.state === 'owed')) return;
    checked.states.set(place.index, state);
    if (place.state === 'stored')
      world.emit({ kind: 'shard-faulty', store: place.store, stripe: place.stripe, index: place.index, state });
  }
}

interface Faulty {
  place: ShardPlace;
  state: ShardState;
}

/** Rebuilds shards from any k others and puts them where they belong; returns their new places. */
async function rebuildFaulty(
  world: World,
  placement: StripePlacement,
  faulty: readonly Faulty[],
  { bodies, entries }: Checked,
  report: RepairReport,
): Promise<ShardPlace[]> {
  const { k, n, sealedBytes, stripe } = placement;
  const id = fromHex(stripe);
  const readable =
    bodies.size >= k && (await openStripe(world.storageRoot, { k, n }, id, sealedBytes, bodies)) !== undefined;
  if (!readable) {
    report.unreadable.push(stripe);
    return faulty.map(({ place, state }) => ({ ...place, state }));
  }
  const indexes = faulty.map(({ place }) => place.index);
  const objects = await rebuildShards(world.storageRoot, { k, n }, id, entries, bodies, indexes);
  const used = new Set(placement.shards.map(({ store }) => store));
  return Promise.all(
    faulty.map(async ({ place, state }, i) => {
      const { name, object } = objects[i]!;
      const target = targetFor(world, id, place, used);
      const moved: ShardPlace = { ...place, name, sizeBytes: object.length, state };
      if (!target || !(await stores(world, target, { ...moved, store: target.name }, object))) {
        report.owed++;
        return moved;
      }
      report.rebuilt.push({ stripe, index: place.index, from: place.store, to: target.name, was: state });
      return { ...moved, store: target.name, state: 'stored' as const };
    }),
  );
}

/** The shard's own store if it takes writes; otherwise one that has no shard of this stripe, so that no loss counts twice. */
function targetFor(world: World, stripe: Bytes, place: ShardPlace, used: Set<string>): WatchedStore | undefined {
  const own = world.stores.get(place.store);
  if (own?.takesWrites) return own;
  used.delete(place.store);
  const spare = chooseSpare(world, stripe, used);
  used.add(spare?.name ?? place.store);
  return spare;
}

async function stores(world: World, target: WatchedStore, place: ShardPlace, object: Bytes): Promise<boolean> {
  try {
    await putShard(world, target, place, object);
    world.emit({ kind: 'shard-repaired', store: target.name, stripe: place.stripe, index: place.index });
    return true;
  } catch {
    return false;
  }
}
