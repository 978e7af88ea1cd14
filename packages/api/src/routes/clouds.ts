import { field } from '@salus/base';
import { findingSchema } from '@salus/contracts';
import { z } from 'zod';
import { route } from '../route.ts';
import { nothing } from './network.ts';

const placement = z.strictObject({
  weight: z.number(),
  cost: z.number().optional(),
  region: z.string().optional(),
  capacityBytes: field.uint().optional(),
  never: z.boolean(),
});

export const cloudStatus = route({
  method: 'GET',
  path: '/clouds',
  access: 'operator',
  summary: 'State of each store and of what lies in them',
  body: nothing,
  reply: z.strictObject({
    stores: z.array(
      z.strictObject({
        name: z.string(),
        reachable: z.boolean(),
        draining: z.boolean(),
        placement,
        shards: field.uint(),
        sizeBytes: field.uint(),
        latencyMs: z.nullable(z.number()),
        lastError: z.nullable(z.string()),
        /** Blocks that the ledger says it holds. */
        blocks: field.uint(),
        /** The newest storage check of it, and the newest that found everything there. */
        checked: z.nullable(z.strictObject({ time: field.timeMs(), finding: findingSchema })),
        provenAt: z.nullable(field.timeMs()),
        /** Pieces that were made again because it had lost or altered them, ever, and when last; 0 for never. */
        repaired: field.uint(),
        repairedAt: field.timeMs(),
      }),
    ),
    stripes: field.uint(),
    degraded: field.uint(),
    dataShards: field.uint(),
    totalShards: field.uint(),
    /** Storage checks that the node makes by itself, and the chance that one meets a loss of 1 % of a store's blocks. */
    checks: z.strictObject({ everyMs: field.uint(), blocks: field.uint(), findsLossOf1Percent: z.number() }),
  }),
});

export const repairClouds = route({
  method: 'POST',
  path: '/clouds/repair',
  access: 'operator',
  summary: 'Look for missing and damaged pieces and rebuild them',
  body: z.strictObject({ scan: z.boolean().default(true) }),
  reply: z.strictObject({
    checked: field.uint(),
    damaged: field.uint(),
    missing: field.uint(),
    repaired: field.uint(),
    failed: field.uint(),
  }),
});

const name = z.string().regex(/^[a-z0-9-]{1,40}$/);

/** `store` is an entry of `stores` in node.json (docs/operate/clouds.md): it names credentials and never holds them. */
export const addStore = route({
  method: 'POST',
  path: '/clouds/stores',
  access: 'operator',
  summary: 'Take a store in, once it has kept and given back a probe',
  body: z.strictObject({ store: z.record(z.string(), z.unknown()) }),
  reply: z.strictObject({ name: z.string() }),
});

/** `placement` as of an entry of `stores` in node.json: the whole, so that what is left out has its usual value. */
export const placeStore = route({
  method: 'POST',
  path: '/clouds/stores/placement',
  access: 'operator',
  summary: 'Say how much of what is new a store is given',
  body: z.strictObject({ name, placement: z.record(z.string(), z.unknown()) }),
  reply: z.strictObject({ name: z.string(), placement }),
});

export const drainStore = route({
  method: 'POST',
  path: '/clouds/stores/drain',
  access: 'operator',
  summary: 'Begin, or end, to empty a store',
  body: z.strictObject({ name, draining: z.boolean() }),
  reply: z.strictObject({ name: z.string(), draining: z.boolean() }),
});

export const drainStep = route({
  method: 'POST',
  path: '/clouds/stores/drain/step',
  access: 'operator',
  summary: 'Move some pieces off a store that is being emptied; the node also goes on by itself',
  body: z.strictObject({ name }),
  reply: z.strictObject({ moved: field.uint(), failed: field.uint(), left: field.uint() }),
});

export const removeStore = route({
  method: 'POST',
  path: '/clouds/stores/remove',
  access: 'operator',
  summary: 'Forget a store that is empty, or lost for good: then its pieces are made again elsewhere',
  body: z.strictObject({ name, lost: z.boolean().default(false) }),
  reply: z.strictObject({ name: z.string() }),
});
