import { type Bytes, hex, isSalusError } from '@salus/base';
import { cloudsError } from './errors.ts';
import { gather } from './pieces.ts';
import type { ShardPlace, ShardState } from './placement.ts';
import { type CheckedShard, checkShard, openShard } from './shardObject.ts';
import type { World } from './world.ts';

/** Reads one shard of a stripe. */
export type ReadShard = (world: World, place: ShardPlace, cancel?: AbortSignal) => Promise<CheckedShard>;

/**
 * Reads a whole shard and checks that it is the one that should be there. Its body may lie in an array of `world.buffers`, for
 * whoever gives it back when it is no longer needed. Throws `object-unknown`, `object-oversized`,
 * `shard-malformed`, or the store's failure.
 */
export const readShard: ReadShard = async (world, place, cancel) =>
  needSame(place, await checkShard(await readObject(world, place, cancel), place.name!, world.storageRoot));

/** As `readShard`, but the body may be anything: for whoever opens the stripe, which says whether all of them were right. */
export const readShardUnchecked: ReadShard = async (world, place, cancel) =>
  needSame(place, await openShard(await readObject(world, place, cancel), world.storageRoot));

function needSame(place: ShardPlace, shard: CheckedShard): CheckedShard {
  if (hex(shard.header.stripe) !== place.stripe || shard.header.index !== place.index)
    throw cloudsError('shard-malformed', { why: 'another shard' });
  return shard;
}

async function readObject(world: World, place: ShardPlace, cancel?: AbortSignal): Promise<Bytes> {
  const watched = world.stores.get(place.store);
  const name = place.name;
  if (!watched) throw cloudsError('store-unavailable', { why: 'no longer among the stores' });
  if (name === null) throw cloudsError('object-unknown', { name: 'not named yet' });
  // One byte more than expected, so that a longer object shows without being read.
  const lengthBytes = place.sizeBytes + 1;
  const into = world.buffers.take(lengthBytes);
  const object = await watched.run(
    world.readTimeoutMs,
    (store, signal) => gather(store.get(name, { lengthBytes, into, signal }), place.sizeBytes),
    cancel,
  );
  if (object.buffer !== into.buffer) world.buffers.give(into);
  return object;
}

/** What a failed read says of the shard; undefined where it says something of the store only. */
export function faultOf(thrown: unknown): ShardState | undefined {
  if (isSalusError(thrown, 'object-unknown')) return 'missing';
  if (isSalusError(thrown, 'object-oversized', 'shard-malformed')) return 'damaged';
  return undefined;
}
