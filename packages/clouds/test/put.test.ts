import { isSalusError } from '@salus/base';
import { MemoryPlacement } from '@salus/testkit';
import { describe, expect, it } from 'vitest';
import { openClouds } from '../src/index.ts';
import { collect, randomChunk, sameChunks, testRoom } from './room.ts';

const pairs = [0, 1, 2, 3, 4, 5].flatMap((a) => [0, 1, 2, 3, 4, 5].filter((b) => b > a).map((b) => [a, b] as const));

const withCode =
  (...codes: string[]) =>
  (thrown: unknown) =>
    isSalusError(thrown, ...codes);

describe('putting chunks', () => {
  it('gives back what was put, in the order asked, also chunks that span stripes', async () => {
    const { clouds, clock, random, stores } = testRoom('round trip');
    const sizes = [1, 2, 63_488, 100_000, 4_194_256, 5_000_000, 300];
    const chunks = sizes.map((size) => randomChunk(random, size));
    const report = await clock.until(clouds.putChunks(chunks));
    expect(report).toEqual({ placed: 7, known: 0, stripes: 3, degraded: false });
    const asked = [6, 3, 3, 0, 5, 1, 4, 2].map((i) => chunks[i]!);
    expect(
      sameChunks(
        await collect(
          clouds,
          clock,
          asked.map(({ hash }) => hash),
        ),
        asked,
      ),
    ).toBe(true);
    expect(stores.map(({ inner }) => inner.objects.size)).toEqual([3, 3, 3, 3, 3, 3]);
  });

  it('costs a look-up where a chunk is known, in a later put, twice in one, and in two at once', async () => {
    const { clouds, clock, random, stores } = testRoom('known');
    const [a, b] = [randomChunk(random, 1000), randomChunk(random, 1000)];
    const both = Promise.all([clouds.putChunks([a, a]), clouds.putChunks([a, b])]);
    expect(await clock.until(both)).toMatchObject([
      { placed: 1, known: 1 },
      { placed: 1, known: 1 },
    ]);
    expect(await clock.until(clouds.putChunks([a, b]))).toMatchObject({ placed: 0, known: 2, stripes: 0 });
    expect(stores[0]!.calls.put).toBe(2);
    const c = randomChunk(random, 10);
    expect(await clouds.missing([a.hash, c.hash, b.hash, c.hash])).toEqual([c.hash]);
  });

  it('refuses chunks that are not what their hash says, empty, too long, or too many', async () => {
    const { clouds, random, stores } = testRoom('refused');
    const chunk = randomChunk(random, 100);
    const put = (...chunks: (typeof chunk)[]) => clouds.putChunks(chunks);
    await expect(put({ ...chunk, bytes: chunk.bytes.map((b) => b ^ 1) })).rejects.toSatisfy(withCode('chunk-hash'));
    await expect(put({ ...chunk, hash: chunk.hash.subarray(1) })).rejects.toSatisfy(withCode('chunk-hash'));
    await expect(put(randomChunk(random, 0))).rejects.toSatisfy(withCode('chunk-size'));
    await expect(put(randomChunk(random, 8 * 1024 * 1024 + 1))).rejects.toSatisfy(withCode('chunk-size'));
    await expect(clouds.putChunks(Array(4097).fill(chunk))).rejects.toSatisfy(withCode('chunk-count'));
    expect(stores.every(({ calls }) => calls.put === 0)).toBe(true);
  });

  for (const fault of ['gone', 'hang', 'full', 'break'] as const)
    it(`goes on with any two of six stores in trouble (${fault}), says so, and repairs when they are back`, async () => {
      for (const [a, b] of pairs) {
        const { clouds, clock, random, stores } = testRoom(`two ${fault} ${a} ${b}`);
        for (const lost of [a, b]) stores[lost]!.fault = fault;
        const chunks = [randomChunk(random, 5000), randomChunk(random, 70)];
        expect(await clock.until(clouds.putChunks(chunks))).toMatchObject({ placed: 2, degraded: true });
        expect((await clouds.status()).degraded).toBe(1);
        for (const lost of [a, b]) stores[lost]!.fault = undefined;
        await clock.advance(120_000);
        expect(await clock.until(clouds.repair())).toMatchObject({ owed: 0, rebuilt: [{}, {}] });
        expect((await clouds.status()).degraded).toBe(0);
        // What was rebuilt now carries the load of two others.
        for (const other of [0, 1, 2, 3, 4, 5].filter((i) => i !== a && i !== b).slice(0, 2))
          stores[other]!.fault = 'gone';
        const hashes = chunks.map(({ hash }) => hash);
        expect(sameChunks(await collect(clouds, clock, hashes), chunks)).toBe(true);
      }
    });

  it('fails with three of six stores gone, records nothing, and takes back what it wrote', async () => {
    const { clouds, clock, random, stores, settings } = testRoom('three gone');
    for (const lost of [1, 3, 5]) stores[lost]!.fault = 'gone';
    const chunk = randomChunk(random, 5000);
    await expect(clock.until(clouds.putChunks([chunk]))).rejects.toSatisfy(withCode('clouds-unavailable'));
    await clouds.close();
    expect((await settings.placement.totals()).stripes).toBe(0);
    expect(stores.every(({ inner }) => inner.objects.size === 0)).toBe(true);
    const again = openClouds(settings);
    for (const store of stores) store.fault = undefined;
    expect(await clock.until(again.putChunks([chunk]))).toMatchObject({ placed: 1, degraded: false });
  });

  it('acknowledges at n − 1 and does not wait for a store that hangs; its shard is owed and comes later', async () => {
    const { clouds, clock, random, stores } = testRoom('one hangs');
    stores[2]!.fault = 'hang';
    const started = clock.now();
    expect(await clock.until(clouds.putChunks([randomChunk(random, 5000)]))).toMatchObject({ degraded: false });
    expect(clock.now()).toBe(started);
    expect((await clouds.status()).degraded).toBe(1);
    const closed = clouds.close();
    await clock.until(closed);
    expect(clock.now() - started).toBe(30_000);
  });

  it('records a shard that arrives behind the answer', async () => {
    const { clouds, clock, random, stores } = testRoom('late');
    stores[2]!.fault = 'slow';
    const started = clock.now();
    await clock.until(clouds.putChunks([randomChunk(random, 5000)]));
    expect(clock.now()).toBe(started);
    expect((await clouds.status()).degraded).toBe(1);
    await clock.advance(stores[2]!.delayMs);
    expect((await clouds.status()).degraded).toBe(0);
  });

  it('waits for all where all must be durable', async () => {
    const { clouds, clock, random, stores } = testRoom('all six', { durableShards: 6 });
    stores[2]!.fault = 'slow';
    const started = clock.now();
    await clock.until(clouds.putChunks([randomChunk(random, 5000)]));
    expect(clock.now() - started).toBe(stores[2]!.delayMs);
    expect((await clouds.status()).degraded).toBe(0);
  });

  it('sets a failing store aside, so that later puts do not wait for it, and takes it back by itself', async () => {
    const { clouds, clock, random, stores, events } = testRoom('aside', { durableShards: 6 });
    stores[4]!.fault = 'hang';
    await clock.until(clouds.putChunks([randomChunk(random, 50)]));
    const calls = stores[4]!.calls.put;
    const started = clock.now();
    await clock.until(clouds.putChunks([randomChunk(random, 50)]));
    expect([stores[4]!.calls.put, clock.now()]).toEqual([calls, started]);
    expect((await clouds.status()).stores[4]).toMatchObject({ reachable: false, lastError: 'store-slow' });
    stores[4]!.fault = undefined;
    await clock.advance(1000);
    expect(await clock.until(clouds.putChunks([randomChunk(random, 50)]))).toMatchObject({ degraded: false });
    expect((await clouds.status()).stores[4]!.reachable).toBe(true);
    expect(events.map(({ kind }) => kind)).toContain('store-back');
  });

  it('asks a store that stays away less and less often, at least once a minute', async () => {
    const { clouds, clock, stores } = testRoom('backoff');
    stores[0]!.fault = 'gone';
    const gaps: number[] = [];
    let last = clock.now();
    while (gaps.length < 9) {
      await clouds.status({ probe: true });
      gaps.push(clock.now() - last);
      last = clock.now();
      while (!(await clouds.status()).stores[0]!.reachable) await clock.advance(1000);
    }
    expect(gaps.slice(1)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('uses a spare store where there are more than n, and moves no shard of a stripe beside another', async () => {
    const { clouds, clock, random, stores } = testRoom('spare', {}, 7);
    stores[1]!.fault = 'gone';
    await clouds.status({ probe: true });
    await clock.until(clouds.putChunks([randomChunk(random, 5000)]));
    expect(stores.map(({ inner }) => inner.objects.size)).toEqual([1, 0, 1, 1, 1, 1, 1]);
    expect((await clouds.status()).degraded).toBe(0);
  });

  it('holds little for a store that has stopped: shards beyond its window are owed, not kept in memory', async () => {
    const { clouds, clock, random, stores } = testRoom('window');
    stores[3]!.fault = 'hang';
    for (let i = 0; i < 40; i++) await clock.until(clouds.putChunks([randomChunk(random, 50 + i)]));
    expect(stores[3]!.calls.put).toBe(16);
    expect((await clouds.status()).degraded).toBe(40);
  });

  it('leaves a store alone that never ends what it was asked, until it does: memory has a bound', async () => {
    const { clouds, clock, random, stores } = testRoom('never ends');
    const chunk = randomChunk(random, 50);
    await clock.until(clouds.putChunks([chunk]));
    stores[2]!.fault = 'hang';
    for (let i = 0; i < 60; i++) {
      await clock.until(clouds.status({ probe: true }));
      await clock.advance(60_000);
    }
    expect(stores[2]!.calls.list).toBe(16);
    expect((await clouds.status()).stores[2]).toMatchObject({ lastError: 'store-slow' });
    stores[2]!.fault = undefined;
    await clock.advance(60_000);
    await clock.until(clouds.status({ probe: true }));
    expect((await clouds.status()).stores[2]).toMatchObject({ reachable: true });
  });

  it('spreads parity and first shards over all stores', async () => {
    const { clouds, clock, random, settings } = testRoom('spread');
    for (let i = 0; i < 60; i++) await clock.until(clouds.putChunks([randomChunk(random, 20 + i)]));
    const ids = await settings.placement.list({ limit: 100 });
    const first = (await settings.placement.stripes(ids)).map(({ shards }) => shards[0]!.store);
    expect(new Set(first).size).toBe(6);
  });

  it('acknowledges nothing where the placement cannot be written', async () => {
    const placement = new MemoryPlacement();
    const { clouds, clock, random } = testRoom('no database', { placement });
    placement.record = async () => {
      throw new Error('disk I/O error');
    };
    await expect(clock.until(clouds.putChunks([randomChunk(random, 50)]))).rejects.toThrow('disk I/O error');
  });

  it('refuses work once closed', async () => {
    const { clouds, random } = testRoom('closed');
    await clouds.close();
    await expect(clouds.putChunks([randomChunk(random, 5)])).rejects.toSatisfy(withCode('clouds-closed'));
    await expect(clouds.repair()).rejects.toSatisfy(withCode('clouds-closed'));
  });
});
