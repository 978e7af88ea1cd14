import { hex, isSalusError } from '@salus/base';
import { cloudsError } from './errors.ts';
import { gather } from './pieces.ts';
import type { ShardPlace, ShardState } from './placement.ts';
import { type CheckedShard, checkShard } from './shardObject.ts';
import type { World } from './world.ts';

/**
 * Reads a whole shard and checks that it is the one that should be there. Its body may lie in an array of `world.buffers`, for
 * whoever gives it back when it is no longer needed. Throws `object-unknown`, `object-oversized`,
 * `shard-malformed`, or the store's failure.
 */
export async function readShard(world: World, place: ShardPlace, cancel?: AbortSignal): Promise<CheckedShard> {
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
  const shard = await checkShard(object, name, world.storageRoot);
  if (hex(shard.header.stripe) !== place.stripe || shard.header.index !== place.index)
    throw cloudsError('shard-malformed', { why: 'another shard' });
  return shard;
}

/** What a failed read says of the shard; undefined where it says something of the store only. */
export function faultOf(thrown: unknown): ShardState | undefined {
  if (isSalusError(thrown, 'object-unknown')) return 'missing';
  if (isSalusError(thrown, 'object-oversized', 'shard-malformed')) return 'damaged';
  return undefined;
}
