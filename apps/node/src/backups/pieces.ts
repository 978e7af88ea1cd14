import { type Bytes, fromHex, isSalusError } from '@salus/base';
import {
  gather,
  type ObjectStore,
  PLACEMENT_BATCH_LIMIT,
  type PlacementIndex,
  type ShardPlace,
  type StripePlacement,
  shardName,
} from '@salus/clouds';
import { chunkObject } from './place.ts';
import { chunkName } from './sealed.ts';
import type { BackedUpFile, Reference } from './set.ts';
import type { SetWriter } from './writer.ts';

/** Stores of a node by their names. */
export type StoresByName = ReadonlyMap<string, ObjectStore>;

/** Every stripe, in the order of ids. */
export async function* stripesOf(placement: PlacementIndex): AsyncGenerator<StripePlacement> {
  for (let after = ''; ; ) {
    const ids = await placement.list({ after, limit: PLACEMENT_BATCH_LIMIT });
    const stripes = new Map((await placement.stripes(ids)).map((one) => [one.stripe, one]));
    for (const id of ids) if (stripes.has(id)) yield stripes.get(id)!;
    if (ids.length < PLACEMENT_BATCH_LIMIT) return;
    after = ids.at(-1)!;
  }
}

/** A piece's own bytes, whole and under their own name, or undefined where the store has them not. */
export async function readPiece(
  store: ObjectStore | undefined,
  { name, sizeBytes }: ShardPlace,
): Promise<Bytes | undefined> {
  if (!store || name === null) return undefined;
  try {
    const object = await gather(store.get(name, { lengthBytes: sizeBytes + 1 }), sizeBytes);
    return shardName(object) === name ? object : undefined;
  } catch (thrown) {
    if (isSalusError(thrown)) return undefined;
    throw thrown;
  }
}

/**
 * Sends as many pieces of each stripe as suffice to make all of them again. A piece that the place has is not read: its
 * name is the hash of its bytes. Gives how many stripes too few pieces could be read of.
 */
export async function backUpPieces(
  writer: SetWriter,
  placement: PlacementIndex,
  stores: StoresByName,
): Promise<{ file: BackedUpFile; stripes: number; unread: number }> {
  const references: Reference[] = [];
  let [stripes, unread] = [0, 0];
  for await (const stripe of stripesOf(placement)) {
    const sent = await backUpStripe(writer, stripe, stores);
    references.push(...sent);
    stripes++;
    if (sent.length < stripe.k) unread++;
  }
  return { file: await writer.list('pieces', references), stripes, unread };
}

async function backUpStripe(writer: SetWriter, { k, shards }: StripePlacement, stores: StoresByName) {
  const { keys, objects } = writer.place;
  const named = shards.flatMap((shard) => {
    if (shard.name === null) return [];
    const reference = { name: chunkName(keys, 'piece', fromHex(shard.name)), sizeBytes: shard.sizeBytes };
    return [{ shard, reference, there: objects.has(chunkObject(reference.name)) }];
  });
  // Those that need not be read, then those that are believed to be well.
  const order = ({ there, shard }: (typeof named)[number]) => (there ? 0 : shard.state === 'stored' ? 1 : 2);
  const sent: Reference[] = [];
  for (const { shard, reference, there } of named.sort((a, b) => order(a) - order(b))) {
    if (sent.length === k) break;
    const object = there ? undefined : await readPiece(stores.get(shard.store), shard);
    if (object) await writer.send(reference, object);
    if (there || object) sent.push(reference);
  }
  return sent;
}
