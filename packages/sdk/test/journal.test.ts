import { encodeCanonical, newId, type Random } from '@salus/base';
import { seededRandom } from '@salus/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { Drawer, type Kept } from '../src/drawer.ts';
import { MemoryStore, type ProfileStore } from '../src/index.ts';

let random: Random;
let store: MemoryStore;
beforeEach(() => {
  random = seededRandom('journal');
  store = new MemoryStore();
});

const kept = (height: number, sizeBytes = 500): Kept => ({ id: newId(random), height, operation: random(sizeBytes) });
const heights = async (drawer: Drawer) => (await drawer.all()).map(({ height }) => height);

/** A store that fails at its nth write, as a process that dies there leaves it. */
function dyingAt(write: number): ProfileStore {
  let left = write;
  const dying =
    <Given extends unknown[]>(act: (...given: Given) => Promise<void>) =>
    async (...given: Given) => {
      if (left-- <= 0) throw new Error('died');
      await act(...given);
    };
  return {
    get: (name) => store.get(name),
    put: dying((name: string, value: Uint8Array) => store.put(name, value)),
    delete: dying((name: string) => store.delete(name)),
  };
}

describe('a drawer of kept operations', () => {
  it('gives everything back in its order, whatever the sizes, also to whoever opens it again', async () => {
    const all = Array.from({ length: 40 }, (_, i) => kept(i + 1, i % 7 === 0 ? 60_000 : 900));
    const drawer = new Drawer(store, 'drawer', 100);
    for (const one of all) await drawer.add(one);
    expect(await new Drawer(store, 'drawer', 100).all()).toEqual(all);
    expect(await drawer.from()).toBe(0);
  });

  it('rewrites no more than one small page for what is added', async () => {
    const written: number[] = [];
    const counting: ProfileStore = {
      get: (name) => store.get(name),
      delete: (name) => store.delete(name),
      put: (name, value) => {
        written.push(value.length);
        return store.put(name, value);
      },
    };
    const drawer = new Drawer(counting, 'drawer', 1_000);
    for (let i = 0; i < 500; i++) await drawer.add(kept(i));
    expect(Math.max(...written)).toBeLessThan(40 * 1024);
  });

  it('pushes out the oldest where it is full, and says from where on it is whole', async () => {
    const drawer = new Drawer(store, 'drawer', 3);
    for (let height = 1; height <= 10; height++) await drawer.add(kept(height, 40_000));
    expect(await heights(drawer)).toEqual([8, 9, 10]);
    expect(await drawer.from()).toBe(7);
    await drawer.clear();
    expect(await heights(drawer)).toEqual([]);
    expect(await drawer.from()).toBe(0);
    await drawer.add(kept(11));
    expect(await heights(drawer)).toEqual([11]);
  });

  it('forgets what a backup has and not more', async () => {
    const drawer = new Drawer(store, 'drawer', 100);
    for (let height = 1; height <= 6; height++) await drawer.add(kept(height, 40_000));
    await drawer.forget(4);
    expect(await heights(drawer)).toEqual([5, 6]);
    expect(await drawer.from()).toBe(0);
  });

  it('has, after a death at any write, everything that was added before, once', async () => {
    for (let write = 0; write < 30; write++) {
      store = new MemoryStore();
      const dying = new Drawer(dyingAt(write), 'drawer', 3);
      const added: number[] = [];
      try {
        for (let height = 1; height <= 12; height++) {
          await dying.add(kept(height, 40_000));
          added.push(height);
        }
      } catch {
        // What it leaves is looked at below.
      }
      const drawer = new Drawer(store, 'drawer', 3);
      const left = await heights(drawer);
      const whole = await drawer.from();
      // All that it said is kept and that was not pushed out; and perhaps the one under way.
      const expected = added.filter((height) => height > whole);
      expect(left.filter((height) => height > whole).slice(0, expected.length), `write ${write}`).toEqual(expected);
      expect(left.length - new Set(left).size, `write ${write}`).toBe(0);
      await drawer.add(kept(100));
      expect((await heights(drawer)).at(-1), `write ${write}`).toBe(100);
    }
  });

  it('refuses a page that is not one', async () => {
    await store.put('drawer-0', encodeCanonical([{ id: 'x', height: 1, operation: new Uint8Array(3) }]));
    await expect(new Drawer(store, 'drawer', 3).all()).rejects.toMatchObject({ code: 'encoding-fields' });
  });
});
