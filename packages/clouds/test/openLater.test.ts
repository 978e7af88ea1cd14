import { isSalusError, utf8 } from '@salus/base';
import { MemoryStore, objectStoreSuite } from '@salus/testkit';
import { describe, expect, it } from 'vitest';
import { cloudsError, openLater } from '../src/index.ts';

describe('a store that is opened later', () => {
  const open = async () => ({ store: openLater(async () => new MemoryStore()), close: async () => {} });
  for (const { claim, check } of objectStoreSuite(open)) it(claim, check);

  it('lets what is asked of it wait until it is open, and opens once', async () => {
    let opened = () => {};
    let count = 0;
    const store = openLater(() => {
      count++;
      return new Promise((resolve) => {
        opened = () => resolve(new MemoryStore());
      });
    });
    const writes = Promise.all(['a', 'b'].map((name) => store.put(name, utf8(name))));
    opened();
    await writes;
    expect(await store.list({ limit: 10 })).toEqual(['a', 'b']);
    expect(count).toBe(1);
  });

  it('fails with the reason where it cannot be opened, and tries again at the next call', async () => {
    const inner = new MemoryStore();
    let away = true;
    const store = openLater(async () => {
      if (away) throw cloudsError('store-unavailable', { why: 'EACCES' });
      return inner;
    });
    for (let i = 0; i < 3; i++)
      await expect(store.put('a', utf8('a'))).rejects.toSatisfy((e) => isSalusError(e, 'store-unavailable'));
    away = false;
    await store.put('a', utf8('a'));
    expect([...inner.objects.keys()]).toEqual(['a']);
  });
});
