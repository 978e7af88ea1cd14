import { MemoryStore, objectStoreSuite } from '@salus/testkit';
import { describe, it } from 'vitest';

describe('the store in memory', () => {
  for (const { claim, check } of objectStoreSuite(async () => ({ store: new MemoryStore(), close: async () => {} })))
    it(claim, check);
});
