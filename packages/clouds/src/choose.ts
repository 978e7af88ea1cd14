import { type Bytes, utf8 } from '@salus/base';
import { sha256 } from '@salus/schemes/keyless';
import type { StorePreference } from './preference.ts';
import { STORE_WINDOW, type WatchedStore } from './watchedStore.ts';
import type { World } from './world.ts';

// A store never counts as more than four times as fast, or as slow, as the others: it would get everything, or nothing and
// never show that it has become faster.
const QUICKNESS_LIMIT = 4;
// Differences of less than a millisecond are noise.
const NOISE_MS = 1;

/**
 * Stores for the shards of a new stripe, one each, in the order of their indexes: those that take writes now before others, no
 * region more often than allowed. Where there is a choice, by lot: a store's chance grows with its weight, and with how cheap and
 * how quick it is. The lot is drawn from the stripe's id, so that the order goes round and parity with it.
 */
export function chooseStores(world: World, stripe: Bytes): WatchedStore[] {
  const all = [...world.stores.values()];
  const wanted = all.filter(isWanted);
  return pick(world, stripe, wanted.length >= world.code.n ? wanted : all, world.code.n, []);
}

/** A store for a shard that leaves its own, where the others of its stripe lie on `taken`; undefined where none takes it now. */
export function chooseSpare(world: World, stripe: Bytes, taken: ReadonlySet<string>): WatchedStore | undefined {
  const free = [...world.stores.values()].filter((watched) => watched.takesWrites && !taken.has(watched.name));
  const beside = [...taken].flatMap((name) => world.stores.get(name) ?? []);
  return pick(world, stripe, free, 1, beside)[0];
}

/** Most shards of one stripe that these stores would be given, as far as operators' wishes go. */
export function placeable(stores: readonly WatchedStore[], mostPerRegion: number): number {
  const quota = new Quota(mostPerRegion);
  return stores.filter((watched) => isWanted(watched) && quota.take(watched.preference)).length;
}

/** Writes and reads under way are as many as a store is given at once. */
export const isBehind = (watched: WatchedStore): boolean => watched.busy >= STORE_WINDOW;

const isWanted = ({ draining, preference }: WatchedStore): boolean => !draining && !preference.never;

function pick(
  world: World,
  stripe: Bytes,
  candidates: readonly WatchedStore[],
  count: number,
  beside: readonly WatchedStore[],
): WatchedStore[] {
  const quota = new Quota(world.mostPerRegion);
  for (const { preference } of beside) quota.take(preference);
  const usual = middle(candidates.map(({ expectedMs }) => expectedMs));
  const price = middle(candidates.flatMap(({ preference }) => preference.cost ?? [])) || 1;
  const drawn = candidates.map((watched) => {
    const rank = (watched.takesWrites ? 0 : 2) + (isBehind(watched) ? 1 : 0);
    return { watched, rank, lot: lot(stripe, watched.name) / chance(watched, usual, price) };
  });
  return drawn
    .sort((a, b) => a.rank - b.rank || a.lot - b.lot)
    .filter(({ watched }) => quota.take(watched.preference))
    .slice(0, count)
    .map(({ watched }) => watched);
}

/** A store of no stated price counts as one of the middle price. */
function chance({ preference: { weight, cost }, expectedMs }: WatchedStore, usualMs: number, price: number): number {
  const quickness = (usualMs + NOISE_MS) / (expectedMs + NOISE_MS);
  const bounded = Math.min(QUICKNESS_LIMIT, Math.max(1 / QUICKNESS_LIMIT, quickness));
  return ((weight * price) / (cost ?? price)) * bounded;
}

/**
 * An exponentially distributed number that stripe and store decide. The smallest of such numbers, each divided by its store's
 * chance, falls on a store as often as that chance says, and the smallest few are a sample without putting back (Efraimidis and
 * Spirakis 2006).
 */
function lot(stripe: Bytes, name: string): number {
  const digest = sha256(stripe, utf8(name));
  const first = new DataView(digest.buffer, digest.byteOffset).getUint32(0);
  return -Math.log((first + 0.5) / 2 ** 32);
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Counts shards of a stripe by region. */
class Quota {
  readonly #taken = new Map<string, number>();

  constructor(readonly most: number) {}

  /** Counts one more, unless its region has as many as allowed. A store of no stated region stands for itself. */
  take({ region }: StorePreference): boolean {
    if (region === undefined) return true;
    const taken = this.#taken.get(region) ?? 0;
    if (taken < this.most) this.#taken.set(region, taken + 1);
    return taken < this.most;
  }
}
