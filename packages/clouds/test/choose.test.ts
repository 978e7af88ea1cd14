import { describe, expect, it } from 'vitest';
import { openClouds, type StorePreference, storePreference } from '../src/index.ts';
import { collect, randomChunk, sameChunks, testRoom } from './room.ts';

const prefer = (wanted: Partial<StorePreference>) => storePreference.parse(wanted);

/** Fourteen stores for the six pieces of a stripe, some with wishes; tells how many pieces each was given. */
async function spread(seed: string, wishes: Record<number, Partial<StorePreference>>, stripes = 120) {
  const room = testRoom(seed, {}, 14);
  for (const [i, wanted] of Object.entries(wishes)) room.clouds.setPreference(`cloud-${Number(i) + 1}`, prefer(wanted));
  for (let i = 0; i < stripes; i++) await room.clock.until(room.clouds.putChunks([randomChunk(room.random, 40 + i)]));
  return room.stores.map(({ inner }) => inner.objects.size);
}

const closed = (code: string) => expect.objectContaining({ code });

describe('stores for a stripe', () => {
  it('are given equal shares where nobody wishes anything', async () => {
    const shares = await spread('equal', {}, 280);
    // 120 each; four standard deviations of a share are 32.
    for (const share of shares) expect(Math.abs(share - 120)).toBeLessThan(33);
  });

  it('get more by weight and by price, and nothing where never is said', async () => {
    const shares = await spread('weights', { 0: { weight: 4 }, 1: { weight: 0.25 }, 2: { never: true } });
    const others = shares.slice(3).reduce((sum, share) => sum + share) / 11;
    expect(shares[0]).toBeGreaterThan(others * 1.3);
    expect(shares[1]).toBeLessThan(others * 0.6);
    expect(shares[2]).toBe(0);
    const priced = await spread('prices', { 0: { cost: 0.01 }, 1: { cost: 0.04 }, 2: { cost: 0.02 } });
    expect(priced[0]).toBeGreaterThan(priced[2]!);
    expect(priced[2]).toBeGreaterThan(priced[1]!);
  });

  it('are chosen by how quick they are found to be; one that was slow is tried again', async () => {
    const room = testRoom('quick', { durableShards: 6 }, 14);
    room.stores[5]!.delayMs = 2_000;
    room.stores[5]!.fault = 'slow';
    const put = (i: number) => room.clock.until(room.clouds.putChunks([randomChunk(room.random, 40 + i)]));
    for (let i = 0; i < 120; i++) await put(i);
    const sizes = room.stores.map(({ inner }) => inner.objects.size);
    const others = sizes.filter((_, i) => i !== 5).reduce((sum, size) => sum + size) / 13;
    expect(sizes[5]).toBeLessThan(others * 0.6);
    expect(sizes[5]).toBeGreaterThan(0);
  });

  it('keep pieces of one stripe apart by region, also where some are away, emptied or repaired', async () => {
    const room = testRoom('regions', { mostPerRegion: 2 }, 10);
    const { clouds, clock, stores, settings } = room;
    const regionOf = (name: string) => ['de', 'fr', 'in'][(Number(name.slice(6)) - 1) % 3]!;
    for (const { name } of settings.stores) clouds.setPreference(name, prefer({ region: regionOf(name) }));
    const isApart = async () => {
      for (const { shards } of await settings.placement.stripes(await settings.placement.list({ limit: 500 }))) {
        const regions = shards.map(({ store }) => regionOf(store));
        for (const one of regions) expect(regions.filter((other) => other === one).length).toBeLessThanOrEqual(2);
      }
    };
    for (let i = 0; i < 40; i++) await clock.until(clouds.putChunks([randomChunk(room.random, 40 + i)]));
    await isApart();
    stores[1]!.fault = 'gone';
    await clock.until(clouds.status({ probe: true }));
    for (let i = 0; i < 40; i++) await clock.until(clouds.putChunks([randomChunk(room.random, 100 + i)]));
    await clock.until(clouds.repair());
    await isApart();
    stores[1]!.fault = undefined;
    await clock.advance(60_000);
    clouds.setDraining('cloud-4', true);
    for (let left = 1; left > 0; ) ({ left } = await clock.until(clouds.drain('cloud-4', 100)));
    await isApart();
    expect(stores[3]!.inner.objects.size).toBe(0);
  });

  it('are not filled beyond what their operator allows; what does not fit goes elsewhere, and everything reads', async () => {
    const room = testRoom('capacity', {}, 7);
    const { clouds, clock, stores } = room;
    clouds.setPreference('cloud-3', prefer({ capacityBytes: 3 * 1024 * 1024 }));
    const chunks = Array.from({ length: 12 }, () => randomChunk(room.random, 4_000_000));
    for (const chunk of chunks) await clock.until(clouds.putChunks([chunk]));
    const held = [...stores[2]!.inner.objects.values()].reduce((sum, bytes) => sum + bytes.length, 0);
    expect(held).toBeGreaterThan(1024 * 1024);
    expect(held).toBeLessThanOrEqual(3 * 1024 * 1024);
    expect((await clouds.status()).degraded).toBe(0);
    const hashes = chunks.map(({ hash }) => hash);
    expect(sameChunks(await collect(clouds, clock, hashes), chunks)).toBe(true);
    // Known again after a restart: from the placement, not from what was counted.
    const again = openClouds({
      ...room.settings,
      stores: room.settings.stores.map((entry) =>
        entry.name === 'cloud-3' ? { ...entry, preference: prefer({ capacityBytes: 3 * 1024 * 1024 }) } : entry,
      ),
    });
    for (let i = 0; i < 3; i++) await clock.until(again.putChunks([randomChunk(room.random, 4_000_000)]));
    expect([...stores[2]!.inner.objects.values()].reduce((sum, bytes) => sum + bytes.length, 0)).toBe(held);
  });

  it('are not wished away: a stripe keeps a store for each piece', async () => {
    const { clouds, settings } = testRoom('wished away', { mostPerRegion: 2 }, 7);
    clouds.setPreference('cloud-1', prefer({ never: true }));
    expect(() => clouds.setPreference('cloud-2', prefer({ never: true }))).toThrow(closed('stores-too-few'));
    for (const name of ['cloud-2', 'cloud-3']) clouds.setPreference(name, prefer({ region: 'de' }));
    expect(() => clouds.setPreference('cloud-4', prefer({ region: 'de' }))).toThrow(closed('stores-too-few'));
    expect((await clouds.status()).stores[3]!.placement).toEqual(prefer({}));
    expect(() => clouds.setPreference('cloud-9', prefer({}))).toThrow(closed('store-unknown'));
    const wishes = settings.stores.map((entry, i) => ({ ...entry, preference: prefer({ never: i < 2 }) }));
    expect(() => openClouds({ ...settings, stores: wishes })).toThrow(closed('stores-too-few'));
  });
});
