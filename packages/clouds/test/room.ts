import { type Bytes, concat, type Random } from '@salus/base';
import { sha256 } from '@salus/schemes/keyless';
import { FaultyStore, MemoryPlacement, MemoryStore, SimulatedClock, seededRandom } from '@salus/testkit';
import { type Chunk, type Clouds, type CloudsEvent, type CloudsOptions, openClouds } from '../src/index.ts';

/** Six fake stores, four of which suffice, unless told otherwise. */
export function testRoom(seed: string, options: Partial<CloudsOptions> = {}, storeCount = 6) {
  const clock = new SimulatedClock();
  const random = seededRandom(seed);
  const stores = Array.from({ length: storeCount }, () => new FaultyStore(new MemoryStore(), clock));
  const events: CloudsEvent[] = [];
  const named = stores.map((store, i) => ({ name: `cloud-${i + 1}`, store }));
  const settings: CloudsOptions = {
    stores: named,
    k: 4,
    n: 6,
    storageRoot: random(32),
    placement: new MemoryPlacement(),
    random,
    clock,
    onEvent: (event) => events.push(event),
    ...options,
  };
  return { clock, random, stores, events, settings, clouds: openClouds(settings) };
}

/** A chunk of random bytes; short seeds of them repeat so that megabytes cost little. */
export function randomChunk(random: Random, sizeBytes: number): Chunk {
  const bytes = new Uint8Array(sizeBytes);
  const seed = random(4096);
  for (let at = 0; at < sizeBytes; at += seed.length) bytes.set(seed.subarray(0, sizeBytes - at), at);
  return { hash: sha256(bytes), bytes };
}

/** All chunks of an answer, with time moved on as far as they need. */
export async function collect(clouds: Clouds, clock: SimulatedClock, hashes: readonly Bytes[]): Promise<Chunk[]> {
  const got: Chunk[] = [];
  await clock.until(
    (async () => {
      for await (const { hash, parts } of clouds.getChunks(hashes)) got.push({ hash, bytes: concat(...parts) });
    })(),
  );
  return got;
}

/** Whether chunks are those, in that order. */
export const sameChunks = (got: readonly Chunk[], expected: readonly Chunk[]): boolean =>
  got.length === expected.length && got.every(({ bytes }, i) => Buffer.from(bytes).equals(expected[i]!.bytes));
