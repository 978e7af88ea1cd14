import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need } from '../need.ts';
import { cloudNameSchema, storedAtKey } from '../state/storage.ts';
import { needStorageNode, storedAt } from '../storage.ts';

/** Clouds in one operation: as many as a node has at most. */
const CLOUDS_LIMIT = 32;

/** The node writes down of which clouds it made pieces again: who had lost or altered them. */
export const storageRepaired = contract({
  body: z.strictObject({
    repairs: z
      .array(z.strictObject({ cloud: cloudNameSchema, pieces: field.uint(1_000_000_000) }))
      .min(1)
      .max(CLOUDS_LIMIT),
  }),
  signer: { roles: ['operator'], kinds: ['node'] },
  apply({ state, account, device, time, body: { repairs } }) {
    const { version } = needStorageNode(state, account, device);
    need(new Set(repairs.map(({ cloud }) => cloud)).size === repairs.length, 'repairs-repeated');
    return {
      writes: repairs.map(({ cloud, pieces }) => {
        const before = storedAt(state, cloud, version);
        return [storedAtKey(cloud), { ...before, repaired: before.repaired + pieces, repairedAt: time }];
      }),
      concerns: [],
    };
  },
});
