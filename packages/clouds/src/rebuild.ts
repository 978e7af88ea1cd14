import { fromHex, hex, isSalusError } from '@salus/base';
import { eachBounded } from './bounded.ts';
import type { RebuildReport } from './clouds.ts';
import { type DirectoryEntry, directoryBytes, openDirectory } from './directory.ts';
import { cloudsError } from './errors.ts';
import { extentsOf } from './extents.ts';
import { LIST_LIMIT } from './objectStore.ts';
import { gather } from './pieces.ts';
import { PLACEMENT_BATCH_LIMIT, type ShardPlace, type StoreName, type StripePlacement } from './placement.ts';
import { faultOf, readShard } from './readShard.ts';
import { DIRECTORY_LIMIT_BYTES, HEADER_PROBE_BYTES, headerBytes, headerLength, parseHeader } from './shardHeader.ts';
import { bodyBytes } from './shardObject.ts';
import { sealedBytesOf } from './stripe.ts';
import type { WatchedStore } from './watchedStore.ts';
import type { World } from './world.ts';

// Headers read at once from one store: hides the round trip to a distant cloud.
const PARALLEL = 8;
const SHARD_NAME = /^[0-9a-f]{64}$/;

/**
 * Records placement anew from the stores alone. Headers prove by themselves that they are this organisation's; two objects
 * that claim the same shard are read whole, so that a store cannot push away another's. Memory grows with the stripes.
 */
export async function rebuildPlacement(world: World): Promise<RebuildReport> {
  const report: RebuildReport = { objects: 0, stripes: 0, refused: 0, incomplete: 0, unreachable: [] };
  const found = new Map<string, StripePlacement>();
  for (const watched of world.stores.values()) await readStore(world, watched, found, report);
  const whole = [...found.values()].filter(({ shards, k }) => shards.length >= k);
  report.incomplete = found.size - whole.length;
  report.stripes = whole.length;
  for (let from = 0; from < whole.length; from += PLACEMENT_BATCH_LIMIT)
    await world.placement.record(whole.slice(from, from + PLACEMENT_BATCH_LIMIT).map((one) => fillGaps(world, one)));
  return report;
}

async function readStore(
  world: World,
  watched: WatchedStore,
  found: Map<string, StripePlacement>,
  report: RebuildReport,
): Promise<void> {
  try {
    for (let after: string | undefined; ; ) {
      const page = { limit: LIST_LIMIT, ...(after !== undefined && { after }) };
      const names = await watched.run(world.readTimeoutMs, (store) => store.list(page));
      const last = names.at(-1);
      // A store that lists in circles would never end.
      if (last === undefined || (after !== undefined && last <= after)) return;
      report.objects += names.length;
      await eachBounded(names, PARALLEL, (name) => readObject(world, watched, name, found, report));
      after = last;
    }
  } catch (thrown) {
    if (!isSalusError(thrown)) throw thrown;
    report.unreachable.push(watched.name);
  }
}

async function readObject(
  world: World,
  watched: WatchedStore,
  name: string,
  found: Map<string, StripePlacement>,
  report: RebuildReport,
): Promise<void> {
  try {
    if (!SHARD_NAME.test(name)) throw cloudsError('shard-malformed', { why: 'not named as a shard' });
    const { placement, place } = await readPlace(world, watched, name);
    const known = found.get(placement.stripe);
    if (!known) found.set(placement.stripe, { ...placement, shards: [place] });
    else await addShard(world, known, place);
  } catch (thrown) {
    if (faultOf(thrown) === undefined) throw thrown;
    report.refused++;
  }
}

async function addShard(world: World, known: StripePlacement, place: ShardPlace): Promise<void> {
  const rival = known.shards.findIndex(({ index }) => index === place.index);
  if (rival < 0) known.shards.push(place);
  else if (!(await isSound(world, known.shards[rival]!)) && (await isSound(world, place))) known.shards[rival] = place;
}

const isSound = (world: World, place: ShardPlace): Promise<boolean> =>
  readShard(world, place).then(
    () => true,
    () => false,
  );

/** What one object's header says. Throws `shard-malformed` where it is not this organisation's. */
async function readPlace(world: World, watched: WatchedStore, name: string) {
  const header = parseHeader(await readHeader(world, watched, name));
  const entries = await openDirectory(world.storageRoot, header);
  if (!entries || sealedBytesOf(entries) !== header.sealedBytes)
    throw cloudsError('shard-malformed', { why: 'not of this organisation' });
  const stripe = hex(header.stripe);
  const { k, n, index, sealedBytes } = header;
  const placement = { stripe, k, n, sealedBytes, extents: extentsOf(stripe, entries) };
  const place: ShardPlace = {
    stripe,
    index,
    store: watched.name,
    name,
    sizeBytes: shardBytes(entries, placement),
    state: 'stored',
  };
  return { placement, place };
}

async function readHeader(world: World, watched: WatchedStore, name: string) {
  const read = (lengthBytes: number) =>
    watched.run(world.readTimeoutMs, (store, signal) =>
      gather(store.get(name, { offset: 0, lengthBytes, signal }), headerBytes(DIRECTORY_LIMIT_BYTES)),
    );
  const probe = await read(HEADER_PROBE_BYTES);
  const length = headerLength(probe);
  return length <= probe.length ? probe : read(length);
}

const shardBytes = (entries: readonly DirectoryEntry[], { sealedBytes, k }: { sealedBytes: number; k: number }) =>
  headerBytes(directoryBytes(entries.length)) + bodyBytes(sealedBytes, k);

/** Shards that no store has yet, given to stores that have none of this stripe; repair makes them. */
function fillGaps(world: World, placement: StripePlacement): StripePlacement {
  const { stripe, n, shards } = placement;
  const sizeBytes = shards[0]!.sizeBytes;
  const used = new Set<StoreName>(shards.map(({ store }) => store));
  const start = fromHex(stripe)[0]!;
  const all = Array.from({ length: n }, (_, index) => {
    const there = shards.find((shard) => shard.index === index);
    if (there) return there;
    const names = [...world.stores.keys()];
    const store = names.find((name) => !used.has(name)) ?? names[(start + index) % names.length]!;
    used.add(store);
    return { stripe, index, store, name: null, sizeBytes, state: 'owed' as const };
  });
  return { ...placement, shards: all };
}
