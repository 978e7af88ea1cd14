import { MemoryPlacement, MemoryStore } from '@salus/testkit';
import { describe, expect, it } from 'vitest';
import { type Chunk, openClouds, type StripePlacement } from '../src/index.ts';
import { shardName } from '../src/shardObject.ts';
import { collect, randomChunk, sameChunks, testRoom } from './room.ts';

type Room = ReturnType<typeof testRoom>;

async function filled(seed: string, options?: Parameters<typeof testRoom>[1], storeCount?: number) {
  const room = testRoom(seed, options, storeCount);
  const chunks = Array.from({ length: 5 }, (_, i) => randomChunk(room.random, 1000 + i));
  for (const chunk of chunks) await room.clock.until(room.clouds.putChunks([chunk]));
  return { ...room, chunks };
}

const reads = async ({ clouds, clock }: Pick<Room, 'clouds' | 'clock'>, chunks: readonly Chunk[]): Promise<boolean> =>
  sameChunks(
    await collect(
      clouds,
      clock,
      chunks.map(({ hash }) => hash),
    ),
    chunks,
  );

/** Every object of every store, by store, with the name its bytes deserve. */
const contents = ({ stores }: Pick<Room, 'stores'>): string[][] =>
  stores.map(({ inner }) => [...inner.objects].map(([name, object]) => `${name} ${shardName(object)}`).sort());

describe('repair', () => {
  it('finds altered and lost shards by reading, and rebuilds them byte for byte', async () => {
    const room = await filled('scan');
    const { clouds, clock, stores } = room;
    const before = contents(room);
    for (const object of stores[0]!.inner.objects.values()) object[object.length - 1]! ^= 4;
    stores[3]!.inner.objects.clear();
    expect((await clouds.status()).degraded).toBe(0);
    const report = await clock.until(clouds.repair({ scan: true }));
    expect(report).toMatchObject({ stripes: 5, checked: 30, owed: 0, unreadable: [] });
    expect(report.found.map(({ state }) => state).sort()).toEqual([
      ...Array(5).fill('damaged'),
      ...Array(5).fill('missing'),
    ]);
    expect(report.rebuilt.length).toBe(10);
    expect(contents(room)).toEqual(before);
    expect((await clouds.repair({ scan: true })).found).toEqual([]);
  });

  it('waits for a store that hangs once, not at every stripe', async () => {
    const room = await filled('hangs during a scan');
    const { clouds, clock, stores } = room;
    stores[2]!.inner.objects.clear();
    stores[4]!.fault = 'hang';
    const report = await clock.until(clouds.repair({ scan: true }));
    expect(report).toMatchObject({ stripes: 5, owed: 0, unreadable: [] });
    expect(report.rebuilt.length).toBe(5);
    // Two stripes at a time were asked before it was set aside, and as many as came while it was tried again.
    expect(stores[4]!.calls.get).toBeLessThan(5);
  });

  for (const fault of ['lie', 'truncate', 'lengthen'] as const)
    it(`is told by a read that met a fault (${fault}), and needs no scan`, async () => {
      const room = await filled(`told ${fault}`);
      const { clouds, clock, stores, events, chunks } = room;
      stores[1]!.fault = fault;
      expect(await reads(room, chunks)).toBe(true);
      stores[1]!.fault = undefined;
      const { degraded } = await clouds.status();
      expect(degraded).toBeGreaterThan(0);
      expect(events).toContainEqual(
        expect.objectContaining({ kind: 'shard-faulty', store: 'cloud-2', state: 'damaged' }),
      );
      // The store behaves again, and its shards turn out to be whole.
      expect(await clock.until(clouds.repair())).toMatchObject({ stripes: degraded, found: [], rebuilt: [] });
      expect((await clouds.status()).degraded).toBe(0);
    });

  it('does not take a store that is away for one that lost its shards', async () => {
    const room = await filled('away');
    const { clouds, clock, stores } = room;
    stores[2]!.fault = 'gone';
    const report = await clock.until(clouds.repair({ scan: true }));
    expect(report).toMatchObject({ found: [], rebuilt: [] });
    expect((await clouds.status()).degraded).toBe(0);
  });

  it('catches a store that acknowledges and forgets', async () => {
    const room = testRoom('forget');
    room.stores[5]!.fault = 'forget';
    const chunk = randomChunk(room.random, 900);
    await room.clock.until(room.clouds.putChunks([chunk]));
    room.stores[5]!.fault = undefined;
    expect((await room.clouds.repair({ scan: true })).rebuilt).toMatchObject([{ to: 'cloud-6', was: 'missing' }]);
    expect(room.stores[5]!.inner.objects.size).toBe(1);
  });

  it('moves shards of a store taken out to a spare one', async () => {
    const room = await filled('moved', {}, 7);
    const remaining = room.settings.stores.filter(({ name }) => name !== 'cloud-1');
    const clouds = openClouds({ ...room.settings, stores: remaining });
    const held = room.stores[0]!.inner.objects.size;
    const report = await room.clock.until(clouds.repair({ scan: true }));
    expect(report.rebuilt.length).toBe(held);
    expect(report.rebuilt.every(({ from }) => from === 'cloud-1')).toBe(true);
    const ids = await room.settings.placement.list({ limit: 10 });
    for (const { shards } of await room.settings.placement.stripes(ids))
      expect(new Set(shards.map(({ store }) => store)).size).toBe(6);
    expect(await reads({ clouds, clock: room.clock }, room.chunks)).toBe(true);
  });

  it('names what it cannot repair, changes nothing there, and repairs it once shards are back', async () => {
    const room = await filled('unreadable');
    const { clouds, clock, stores } = room;
    const kept = [0, 1, 2].map((i) => new Map(stores[i]!.inner.objects));
    for (const i of [0, 1, 2]) stores[i]!.inner.objects.clear();
    const report = await clock.until(clouds.repair({ scan: true }));
    expect(report.unreadable.length).toBe(5);
    expect(report.rebuilt).toEqual([]);
    for (const [name, object] of kept[1]!) await stores[1]!.inner.put(name, object);
    expect((await clock.until(clouds.repair())).rebuilt.length).toBe(10);
    expect(await reads(room, room.chunks)).toBe(true);
  });

  it('goes through any number of stripes in pages', async () => {
    const { clouds, clock, stores } = await filled('pages');
    stores[4]!.inner.objects.clear();
    const rebuilt: number[] = [];
    for (let after: string | undefined; ; ) {
      const report = await clock.until(clouds.repair({ scan: true, limit: 2, ...(after && { after }) }));
      rebuilt.push(report.rebuilt.length);
      if (!report.next) break;
      after = report.next;
    }
    expect(rebuilt).toEqual([2, 2, 1]);
  });

  it('keeps on owing where the store fails again, and goes on with the others', async () => {
    const room = await filled('owing');
    const { clouds, clock, stores } = room;
    stores[0]!.inner.objects.clear();
    stores[1]!.inner.objects.clear();
    stores[0]!.fault = 'full';
    const report = await clock.until(clouds.repair({ scan: true }));
    expect([report.rebuilt.length, report.owed]).toEqual([5, 5]);
    stores[0]!.fault = undefined;
    await clock.advance(60_000);
    expect(await clock.until(clouds.repair())).toMatchObject({ stripes: 5, owed: 0 });
    expect((await clouds.status()).degraded).toBe(0);
  });
});

describe('placement from the stores alone', () => {
  const forget = (room: Room) => {
    const placement = new MemoryPlacement();
    return { clouds: openClouds({ ...room.settings, placement }), clock: room.clock, placement };
  };

  const everything = async (placement: MemoryPlacement): Promise<StripePlacement[]> =>
    placement.stripes(await placement.list({ limit: 100 }));

  it('is what it was', async () => {
    const room = testRoom('rebuild');
    const chunks = [...Array(100).keys()].map((i) => randomChunk(room.random, 10 + i));
    chunks.push(randomChunk(room.random, 6_000_000));
    await room.clock.until(room.clouds.putChunks(chunks));
    const again = forget(room);
    const report = await room.clock.until(again.clouds.rebuildPlacement());
    expect(report).toEqual({ objects: 12, stripes: 2, refused: 0, incomplete: 0, unreachable: [] });
    expect(await everything(again.placement)).toEqual(await everything(room.settings.placement as MemoryPlacement));
    expect(await reads(again, chunks)).toBe(true);
  });

  it('needs only four of six stores, and repair gives the others their shards', async () => {
    const room = await filled('rebuild four');
    room.stores[2]!.fault = 'gone';
    room.stores[4]!.inner.objects.clear();
    const again = forget(room);
    const report = await room.clock.until(again.clouds.rebuildPlacement());
    expect(report).toMatchObject({ stripes: 5, unreachable: ['cloud-3'] });
    expect(await reads(again, room.chunks)).toBe(true);
    room.stores[2]!.fault = undefined;
    await room.clock.advance(60_000);
    expect(await room.clock.until(again.clouds.repair())).toMatchObject({ owed: 0, unreadable: [] });
    expect((await again.clouds.status()).degraded).toBe(0);
    for (const lost of [0, 5]) room.stores[lost]!.fault = 'gone';
    expect(await reads(again, room.chunks)).toBe(true);
  });

  it('leaves out uploads of which fewer than k shards ever arrived', async () => {
    const room = await filled('rebuild incomplete');
    const [name] = room.stores[0]!.inner.objects.keys();
    const ids = await room.settings.placement.list({ limit: 10 });
    const stripes = await room.settings.placement.stripes(ids);
    const victim = stripes.find(({ shards }) => shards.some((shard) => shard.name === name))!;
    for (const { inner } of room.stores.slice(0, 3))
      for (const shard of victim.shards) inner.objects.delete(shard.name!);
    const again = forget(room);
    expect(await room.clock.until(again.clouds.rebuildPlacement())).toMatchObject({ stripes: 4, incomplete: 1 });
  });

  it('ignores objects of others, of another organisation, altered in the header, and named by accident', async () => {
    const room = await filled('rebuild foreign');
    const foreign = await filled('another organisation');
    const { inner } = room.stores[0]!;
    for (const [name, object] of foreign.stores[0]!.inner.objects) inner.objects.set(name, object);
    for (const length of [0, 10, 79, 80, 500])
      inner.objects.set('0'.repeat(60) + String(length).padStart(4, '0'), new Uint8Array(length));
    await inner.put('notes/readme.txt', new Uint8Array(3));
    const again = forget(room);
    expect(await room.clock.until(again.clouds.rebuildPlacement())).toMatchObject({ stripes: 5, refused: 11 });
    expect(await reads(again, room.chunks)).toBe(true);
  });

  it('is not pushed aside by a store that claims shards of others, with their headers and other bodies', async () => {
    const room = await filled('rebuild claims');
    const liar = room.stores[0]!.inner;
    for (const { inner } of room.stores.slice(1))
      for (const object of inner.objects.values()) {
        const forged = object.slice();
        forged[forged.length - 1]! ^= 1;
        liar.objects.set(shardName(forged), forged);
      }
    const again = forget(room);
    expect(await room.clock.until(again.clouds.rebuildPlacement())).toMatchObject({ stripes: 5, refused: 0 });
    expect(await reads(again, room.chunks)).toBe(true);
    expect((await room.clock.until(again.clouds.repair({ scan: true }))).found).toEqual([]);
  });

  it('survives a store that lists its objects under other names', async () => {
    const room = await filled('rebuild names');
    const { inner } = room.stores[3]!;
    for (const [name, object] of [...inner.objects]) {
      inner.objects.delete(name);
      inner.objects.set([...name].reverse().join(''), object);
    }
    const again = forget(room);
    await room.clock.until(again.clouds.rebuildPlacement());
    expect(await reads(again, room.chunks)).toBe(true);
    const report = await room.clock.until(again.clouds.repair({ scan: true }));
    expect(report.rebuilt.length).toBe(5);
    expect((await room.clock.until(again.clouds.repair({ scan: true }))).found).toEqual([]);
  });

  it('ends where a store lists in circles', async () => {
    const room = await filled('rebuild circles');
    const store = new MemoryStore();
    for (const [name, object] of room.stores[0]!.inner.objects) await store.put(name, object);
    store.list = async () => [...store.objects.keys()].sort();
    const stores = room.settings.stores.map((named) => (named.name === 'cloud-1' ? { ...named, store } : named));
    const placement = new MemoryPlacement();
    const clouds = openClouds({ ...room.settings, stores, placement });
    expect(await room.clock.until(clouds.rebuildPlacement())).toMatchObject({ stripes: 5 });
  });
});
