import { type Chunk, openClouds } from '@salus/clouds';
import { sha256 } from '@salus/schemes/keyless';
import { FaultyStore, MemoryPlacement, MemoryStore, SimulatedClock, seededRandom } from '@salus/testkit';
import { describe, expect, it } from 'vitest';
import { Scrubbing } from '../src/scrubbing.ts';

const DAY_MS = 86_400_000;

/** Six stores with as many stripes as told; time moves on by itself. */
async function filled(stripes: number) {
  const clock = new SimulatedClock();
  const random = seededRandom('scrubbing');
  const stores = Array.from({ length: 6 }, () => new FaultyStore(new MemoryStore(), clock));
  const clouds = openClouds({
    stores: stores.map((store, i) => ({ name: `cloud-${i + 1}`, store })),
    k: 4,
    n: 6,
    storageRoot: random(32),
    placement: new MemoryPlacement(),
    random,
    clock,
  });
  for (let i = 0; i < stripes; i++) {
    const bytes = random(500);
    const chunk: Chunk = { hash: sha256(bytes), bytes };
    await clock.until(clouds.putChunks([chunk]));
  }
  return { clouds, clock, stores: stores.map(({ inner }) => inner.objects) };
}

describe('reading everything once in a while', () => {
  it('reaches every stripe once in its time, evenly, and begins anew', async () => {
    const { clouds, clock } = await filled(30);
    const scrubbing = new Scrubbing(clouds, 10 * DAY_MS);
    const step = () => clock.until(scrubbing.step(DAY_MS / 2, 30));
    const read: number[] = [];
    for (let half = 0; half < 40; half++) read.push((await step()).stripes);
    expect(Math.max(...read)).toBeLessThanOrEqual(3);
    expect(read.reduce((sum, some) => sum + some)).toBeGreaterThanOrEqual(58);
  });

  it('finds what nobody asked about: lost, altered, or what was there yesterday; and makes it again', async () => {
    const { clouds, clock, stores } = await filled(8);
    const before = stores.map((objects) => new Map(objects));
    const [lost, altered, setBack] = [stores[0]!, stores[2]!, stores[5]!];
    lost.delete([...lost.keys()][3]!);
    const damaged = [...altered.keys()][5]!;
    altered.set(
      damaged,
      altered.get(damaged)!.map((byte, i) => (i === 300 ? byte ^ 1 : byte)),
    );
    const [one, other] = [...setBack.keys()];
    setBack.set(one!, setBack.get(other!)!);
    expect((await clouds.status()).degraded).toBe(0);
    const scrubbing = new Scrubbing(clouds, DAY_MS);
    let found = 0;
    for (let hour = 0; hour < 24; hour++) found += (await clock.until(scrubbing.step(DAY_MS / 24, 8))).found;
    expect(found).toBe(3);
    expect(stores.map((objects) => new Map(objects))).toEqual(before);
  });

  it('reads no more at once than told, however long it was away', async () => {
    const { clouds, clock } = await filled(30);
    const scrubbing = new Scrubbing(clouds, DAY_MS, 5);
    expect(await clock.until(scrubbing.step(20 * DAY_MS, 30))).toMatchObject({ stripes: 5 });
    expect(await clock.until(scrubbing.step(0, 30))).toMatchObject({ stripes: 0 });
  });
});
