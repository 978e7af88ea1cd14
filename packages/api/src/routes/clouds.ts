import { field } from '@salus/base';
import { z } from 'zod';
import { route } from '../route.ts';
import { nothing } from './network.ts';

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
        shards: field.uint(),
        sizeBytes: field.uint(),
        latencyMs: z.nullable(z.number()),
        lastError: z.nullable(z.string()),
      }),
    ),
    stripes: field.uint(),
    degraded: field.uint(),
    dataShards: field.uint(),
    totalShards: field.uint(),
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
