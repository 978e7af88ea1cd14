import { FaultyStore, MemoryStore } from '@salus/testkit';
import { describe, expect, it } from 'vitest';
import { collect, randomChunk, sameChunks, testRoom } from './room.ts';

const closed = (code: string) => expect.objectContaining({ code });

/** Seven stores, six pieces a stripe, so that one store may go. */
async function filled(seed: string, storeCount = 7) {
  const room = testRoom(seed, {}, storeCount);
  const chunks = Array.from({ length: 12 }, (_, i) => randomChunk(room.random, 2_000 + i));
  for (const chunk of chunks) await room.clock.until(room.clouds.putChunks([chunk]));
  const readAll = async () =>
    sameChunks(
      await collect(
        room.clouds,
        room.clock,
        chunks.map(({ hash }) => hash),
      ),
      chunks,
    );
  const shardsOn = async (name: string) =>
    (await room.clouds.status()).stores.find((store) => store.name === name)?.shards;
  return { ...room, chunks, readAll, shardsOn };
}

describe('a store that is added', () => {
  it('gets pieces of what comes from then on', async () => {
    const room = await filled('added', 6);
    const seventh = new FaultyStore(new MemoryStore(), room.clock);
    await room.clock.until(room.clouds.addStore('cloud-7', seventh));
    expect(seventh.inner.objects.size).toBe(0);
    for (let i = 0; i < 12; i++) await room.clock.until(room.clouds.putChunks([randomChunk(room.random, 900 + i)]));
    expect(seventh.inner.objects.size).toBeGreaterThan(0);
    expect(await room.readAll()).toBe(true);
  });

  it('is refused under a known name, and where it does not keep what it is given', async () => {
    const { clouds, clock } = await filled('refused', 6);
    const store = new FaultyStore(new MemoryStore(), clock);
    await expect(clock.until(clouds.addStore('cloud-1', store))).rejects.toEqual(closed('store-known'));
    for (const fault of ['gone', 'lie', 'forget', 'full'] as const) {
      const broken = new FaultyStore(new MemoryStore(), clock);
      broken.fault = fault;
      await expect(clock.until(clouds.addStore('cloud-7', broken))).rejects.toMatchObject({ name: 'SalusError' });
      expect((await clouds.status()).stores).toHaveLength(6);
    }
  });
});

describe('a store that is drained', () => {
  it('ends empty, everything reads before, meanwhile and after, and no two pieces of a stripe lie together', async () => {
    const room = await filled('drained');
    const { clouds, clock, stores } = room;
    clouds.setDraining('cloud-3', true);
    expect(await room.shardsOn('cloud-3')).toBeGreaterThan(0);
    for (let left = Number.MAX_SAFE_INTEGER; left > 0; ) {
      const step = await clock.until(clouds.drain('cloud-3', 2));
      expect(step.failed).toBe(0);
      expect(step.left).toBeLessThan(left);
      left = step.left;
      expect(await room.readAll()).toBe(true);
    }
    expect(stores[2]!.inner.objects.size).toBe(0);
    const { placement } = room.settings;
    for (const { shards } of await placement.stripes(await placement.list({ limit: 100 })))
      expect(new Set(shards.map(({ store }) => store)).size).toBe(6);
    expect((await clock.until(clouds.repair({ scan: true }))).found).toEqual([]);
    await clouds.removeStore('cloud-3');
    expect((await clouds.status()).stores.map(({ name }) => name)).not.toContain('cloud-3');
    expect(await room.readAll()).toBe(true);
  });

  it('loses nothing before its owner was told where it lies now; where that fails, everything still reads', async () => {
    const room = await filled('told');
    const { clouds, clock, stores } = room;
    const held = stores[2]!.inner.objects;
    clouds.setDraining('cloud-3', true);
    const before = held.size;
    const told: string[] = [];
    const tell = async (stripes: readonly string[]) => {
      expect(held.size).toBe(before);
      for (const { shards } of await room.settings.placement.stripes(stripes))
        expect(shards.map(({ store }) => store)).not.toContain('cloud-3');
      told.push(...stripes);
    };
    const { moved } = await clock.until(clouds.drain('cloud-3', 2, tell));
    expect(told).toHaveLength(moved);
    expect(held.size).toBe(before - moved);
    const failing = async () => {
      throw new Error('cannot be told');
    };
    await expect(clock.until(clouds.drain('cloud-3', 2, failing))).rejects.toThrow('cannot be told');
    expect(held.size).toBe(before - moved);
    expect(await room.readAll()).toBe(true);
  });

  it('is given nothing more, until that is ended', async () => {
    const room = await filled('given nothing');
    const { clouds, clock, stores, random } = room;
    const before = stores[0]!.inner.objects.size;
    clouds.setDraining('cloud-1', true);
    for (let i = 0; i < 20; i++) await clock.until(clouds.putChunks([randomChunk(random, 700 + i)]));
    expect(stores[0]!.inner.objects.size).toBe(before);
    clouds.setDraining('cloud-1', false);
    for (let i = 0; i < 20; i++) await clock.until(clouds.putChunks([randomChunk(random, 800 + i)]));
    expect(stores[0]!.inner.objects.size).toBeGreaterThan(before);
    await expect(clouds.drain('cloud-1', 1)).rejects.toEqual(closed('store-not-draining'));
  });

  it('with damaged and lost pieces leaves those to repair, which makes them elsewhere', async () => {
    const room = await filled('damaged');
    const { clouds, clock, stores } = room;
    const objects = [...stores[4]!.inner.objects];
    for (const object of objects.slice(0, 2)) object[1][object[1].length - 1]! ^= 1;
    stores[4]!.inner.objects.delete(objects[2]![0]);
    clouds.setDraining('cloud-5', true);
    const first = await clock.until(clouds.drain('cloud-5', 100));
    expect(first).toMatchObject({ failed: 3, left: 3 });
    await clock.until(clouds.repair());
    expect(await clock.until(clouds.drain('cloud-5', 100))).toMatchObject({ left: 0 });
    expect(await room.readAll()).toBe(true);
    expect((await clock.until(clouds.repair({ scan: true }))).found).toEqual([]);
  });

  it('is not begun where too few others would take pieces', async () => {
    const { clouds } = await filled('too few', 6);
    expect(() => clouds.setDraining('cloud-2', true)).toThrow(closed('stores-too-few'));
    expect(() => clouds.setDraining('cloud-9', true)).toThrow(closed('store-unknown'));
    await expect(clouds.removeStore('cloud-2', true)).rejects.toEqual(closed('stores-too-few'));
  });
});

describe('a store that is removed', () => {
  it('while it has pieces is refused; as lost, they are made again elsewhere', async () => {
    const room = await filled('lost');
    const { clouds, clock } = room;
    await expect(clouds.removeStore('cloud-4')).rejects.toEqual(closed('store-in-use'));
    await clouds.removeStore('cloud-4', true);
    expect((await clouds.status()).degraded).toBeGreaterThan(0);
    expect(await room.readAll()).toBe(true);
    const report = await clock.until(clouds.repair());
    expect(report).toMatchObject({ owed: 0, unreadable: [] });
    expect((await clouds.status()).degraded).toBe(0);
    expect(await room.readAll()).toBe(true);
  });
});

describe('a read under way while pieces move', () => {
  it('says nothing of the place they had: a piece moved meanwhile is not taken for lost', async () => {
    const room = await filled('moved meanwhile');
    const { clouds, clock } = room;
    const { placement } = room.settings;
    clouds.setDraining('cloud-6', true);
    const [stripe] = await placement.onStore({ store: 'cloud-6', limit: 1 });
    const [before] = await placement.stripes([stripe!]);
    const old = before!.shards.find(({ store }) => store === 'cloud-6')!;
    await clock.until(clouds.drain('cloud-6', 100));
    await placement.noteStates([{ ...old, state: 'missing' }]);
    expect((await clouds.status()).degraded).toBe(0);
  });
});
