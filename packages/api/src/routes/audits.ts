import { field } from '@salus/base';
import { auditedCloudsSchema, findingSchema } from '@salus/contracts';
import { z } from 'zod';
import { route } from '../route.ts';
import { wire } from '../wire.ts';

/** What an operator signs as `storage.key`; `current` where the ledger names exactly that already. */
export const storageKey = route({
  method: 'POST',
  path: '/storage/key',
  access: 'operator',
  summary: 'Start the tagging process, and give the public side of its key and the node’s own device',
  body: z.strictObject({}),
  reply: z.strictObject({
    certificate: wire.bytes(96),
    registrar: wire.bytes(96),
    alphaKey: wire.bytes(96),
    commitmentKey: wire.bytes(32),
    device: z.strictObject({ id: field.id(), key: wire.bytes(32) }),
    current: z.boolean(),
  }),
});

export const tagPieces = route({
  method: 'POST',
  path: '/storage/tag',
  access: 'operator',
  summary: 'Tag some of what is new and commit it now; the node also goes on by itself',
  body: z.strictObject({}),
  reply: z.strictObject({
    pieces: field.uint(),
    blocks: field.uint(),
    committed: field.uint(),
    retired: field.uint(),
    unread: field.uint(),
    left: field.uint(),
  }),
});

export const proveStorage = route({
  method: 'POST',
  path: '/audits/prove',
  access: 'operator',
  summary: 'Prove that the stores hold what a revealed audit asks for',
  body: z.strictObject({ audit: field.id() }),
  reply: z.strictObject({ proof: wire.bytesUpTo(128), missing: z.array(wire.bytesUpTo(163)).max(32) }),
});

export const audits = route({
  method: 'GET',
  path: '/audits',
  access: 'operator',
  summary: 'Audits on the ledger, in the order of their ids',
  body: z.strictObject({ after: field.id().optional() }),
  reply: z.strictObject({
    audits: z.array(
      z.strictObject({
        audit: field.id(),
        by: z.enum(['node', 'person']),
        begunAt: field.uint(),
        clouds: auditedCloudsSchema,
        sample: field.uint(),
        status: z.enum(['begun', 'revealed', 'judged']),
        judgedAt: field.timeMs(),
        verdicts: z.array(z.strictObject({ cloud: z.string(), finding: findingSchema })),
      }),
    ),
    next: z.nullable(field.id()),
  }),
});
