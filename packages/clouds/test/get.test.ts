import { type Bytes, isSalusError } from '@salus/base';
import { MemoryPlacement, type StoreFault } from '@salus/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openClouds } from '../src/index.ts';
import { collect, randomChunk, sameChunks, testRoom } from './room.ts';

const pairs = [0, 1, 2, 3, 4, 5].flatMap((a) => [0, 1, 2, 3, 4, 5].filter((b) => b > a).map((b) => [a, b] as const));
const faults: StoreFault[] = ['gone', 'hang', 'lie', 'truncate', 'lengthen', 'slow', 'break'];

const withCode = (code: string) => (thrown: unknown) => isSalusError(thrown, code);

describe('getting chunks', () => {
  for (const fault of faults)
    it(`gives everything back with any two of six stores in trouble: ${fault}`, async () => {
      const { clouds, clock, random, stores, settings } = testRoom(`get ${fault}`);
      const chunks = [randomChunk(random, 40_000), randomChunk(random, 1)];
      await clock.until(clouds.putChunks(chunks));
      const hashes = chunks.map(({ hash }) => hash);
      for (const [a, b] of pairs) {
        for (const lost of [a, b]) stores[lost]!.fault = fault;
        // A fresh room knows nothing yet of which store is slow.
        expect(sameChunks(await collect(openClouds(settings), clock, hashes), chunks)).toBe(true);
        for (const store of stores) store.fault = undefined;
      }
    });

  for (const fault of faults.filter((name) => name !== 'slow'))
    it(`fails with its own error, and no wrong byte, where three stores are in trouble: ${fault}`, async () => {
      const { clouds, clock, random, stores } = testRoom(`three ${fault}`);
      const chunk = randomChunk(random, 1000);
      await clock.until(clouds.putChunks([chunk]));
      for (const lost of [0, 2, 4]) stores[lost]!.fault = fault;
      await expect(collect(clouds, clock, [chunk.hash])).rejects.toSatisfy(withCode('clouds-unavailable'));
    });

  it('asks another store when one is slow, and asks the slow one last from then on', async () => {
    const { clouds, clock, random, stores } = testRoom('hedge');
    const chunks = Array.from({ length: 6 }, () => randomChunk(random, 1000));
    for (const chunk of chunks) await clock.until(clouds.putChunks([chunk]));
    for (const store of stores) {
      store.fault = 'slow';
      store.delayMs = 40;
    }
    for (let i = 0; i < 20; i++) await collect(clouds, clock, [chunks[i % 3]!.hash]);
    stores[0]!.delayMs = 20_000;
    const started = clock.now();
    for (const { hash } of chunks) await collect(clouds, clock, [hash]);
    expect(clock.now() - started).toBeLessThan(6 * 40 + 2 * 3 * 40);
    const calls = stores[0]!.calls.get;
    for (const { hash } of chunks) await collect(clouds, clock, [hash]);
    expect(stores[0]!.calls.get).toBe(calls);
  });

  it('asks for pieces that need no decoding, unless their stores are much slower', async () => {
    const { clouds, clock, random, stores } = testRoom('plain pieces', { placement: new MemoryPlacement() });
    const chunk = randomChunk(random, 1000);
    await clock.until(clouds.putChunks([chunk]));
    const asked = () => stores.map(({ calls }) => calls.get);
    const read = async () => {
      const before = asked();
      await collect(clouds, clock, [chunk.hash]);
      return asked().map((count, i) => count - before[i]!);
    };
    const first = await read();
    const decoded = first.flatMap((count, i) => (count === 0 ? [i] : []));
    for (const [i, store] of stores.entries()) {
      store.fault = 'slow';
      // The two that would have to be decoded are a little faster than the others.
      store.delayMs = decoded.includes(i) ? 30 : 40;
    }
    // Until every store was met, and is known.
    for (let i = 0; i < 40; i++) await read();
    for (let i = 0; i < 5; i++) expect(await read()).toEqual(first);
    const slow = first.indexOf(1);
    stores[slow]!.delayMs = 100;
    for (let i = 0; i < 40; i++) await read();
    expect((await read())[slow]).toBe(0);
  });

  it('asks only k stores where none is slow', async () => {
    const { clouds, clock, random, stores } = testRoom('only k');
    const chunk = randomChunk(random, 1000);
    await clock.until(clouds.putChunks([chunk]));
    await collect(clouds, clock, [chunk.hash]);
    expect(stores.reduce((sum, { calls }) => sum + calls.get, 0)).toBe(4);
  });

  it('reads a stripe whose bytes are wrong once more, to find whose they are, and asks others from then on', async () => {
    const { clouds, clock, random, stores, events } = testRoom('whose');
    const chunks = Array.from({ length: 6 }, () => randomChunk(random, 1000));
    for (const chunk of chunks) await clock.until(clouds.putChunks([chunk]));
    const gets = () => stores.reduce((sum, { calls }) => sum + calls.get, 0);
    const read = async () => {
      const before = { all: gets(), liar: stores[0]!.calls.get };
      for (const chunk of chunks) expect(sameChunks(await collect(clouds, clock, [chunk.hash]), [chunk])).toBe(true);
      return { all: gets() - before.all, liar: stores[0]!.calls.get - before.liar };
    };
    stores[0]!.fault = 'lie';
    const first = await read();
    const found = events.filter(({ kind }) => kind === 'shard-faulty');
    expect(found.length).toBeGreaterThan(0);
    for (const event of found) expect(event).toMatchObject({ store: 'cloud-1', state: 'damaged' });
    // Four read and the stripe did not open; then four read and checked, and a fifth for the damaged one.
    expect(first.all).toBe(6 * 4 + found.length * 5);
    expect(await read()).toEqual({ all: 6 * 4, liar: 0 });
  });

  it('reads each stripe once for many chunks in it, and no further ahead than its window', async () => {
    const { clouds, clock, random, stores } = testRoom('window');
    const chunks = Array.from({ length: 40 }, () => randomChunk(random, 1_000_000));
    for (let from = 0; from < 40; from += 8) await clock.until(clouds.putChunks(chunks.slice(from, from + 8)));
    const hashes = chunks.map(({ hash }) => hash);
    const gets = () => stores.reduce((sum, { calls }) => sum + calls.get, 0);
    const reading = clouds.getChunks(hashes)[Symbol.asyncIterator]();
    await clock.until(reading.next());
    await clock.advance(0);
    expect(gets()).toBeLessThanOrEqual(5 * 4);
    await reading.return?.();
    const before = gets();
    expect(sameChunks(await collect(clouds, clock, hashes), chunks)).toBe(true);
    expect(gets() - before).toBe(10 * 4);
  });

  it('says which chunk no cloud was given, before the first', async () => {
    const { clouds, clock, random } = testRoom('unknown');
    const [known, other] = [randomChunk(random, 10), randomChunk(random, 10)];
    await clock.until(clouds.putChunks([known]));
    await expect(collect(clouds, clock, [known.hash, other.hash])).rejects.toSatisfy(withCode('chunk-unknown'));
  });

  it("gives nothing else in a chunk's place, even where the placement is wrong", async () => {
    const placement = new MemoryPlacement();
    const { clouds, clock, random } = testRoom('wrong placement', { placement });
    const [chunk, other] = [randomChunk(random, 500), randomChunk(random, 500)];
    await clock.until(clouds.putChunks([chunk, other]));
    const [id] = await placement.list({ limit: 1 });
    const [stripe] = await placement.stripes([id!]);
    const otherAt = stripe!.extents[1]!.stripeOffset;
    for (const change of [
      { stripeOffset: 1 },
      { chunkBytes: 400, lengthBytes: 400 },
      { stripeOffset: 1e9 },
      { stripeOffset: otherAt },
    ]) {
      await placement.record([{ ...stripe!, extents: [{ ...stripe!.extents[0]!, ...change }] }]);
      await expect(collect(clouds, clock, [chunk.hash])).rejects.toSatisfy(withCode('chunk-misplaced'));
    }
    await placement.record([{ ...stripe!, sealedBytes: stripe!.sealedBytes - 1 }]);
    await expect(collect(clouds, clock, [chunk.hash])).rejects.toSatisfy(withCode('clouds-unavailable'));
  });

  it('holds for any chunks, in any order, put in any groups, with any two faulty stores', async () => {
    const plan = fc.record({
      sizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 90_000 })), {
        minLength: 1,
        maxLength: 12,
      }),
      groups: fc.integer({ min: 1, max: 4 }),
      lost: fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 2, maxLength: 2 }),
      fault: fc.constantFrom(...faults),
      seed: fc.string(),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ sizes, groups, lost, fault, seed }) => {
        const { clouds, clock, random, stores } = testRoom(seed);
        const chunks = sizes.map((size) => randomChunk(random, size));
        for (let g = 0; g < groups; g++) await clock.until(clouds.putChunks(chunks.filter((_, i) => i % groups === g)));
        for (const i of lost) stores[i]!.fault = fault;
        const asked = [...chunks].reverse();
        const hashes: Bytes[] = asked.map(({ hash }) => hash);
        expect(sameChunks(await collect(clouds, clock, hashes), asked)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
