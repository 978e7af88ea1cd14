import { field } from '@salus/base';
import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { route } from '../route.ts';
import { wire } from '../wire.ts';
import { nothing } from './network.ts';

/** Where an operation stands, and the proof of it, in the wire forms of spec/ledger.md. */
export const receipt = z.strictObject({
  operation: field.id(),
  height: field.uint(),
  time: field.timeMs(),
  header: wire.bytesUpTo(4_096),
  inclusion: wire.bytesUpTo(16_384),
});

/** Words sealed to one account, tied to an operation that commits to them. */
export const letter = z.strictObject({
  to: field.id(),
  kind: z.enum(['request', 'reason', 'introduction', 'delegation']),
  sealed: wire.bytesUpTo(LIMITS.letterBytes),
});

export const submit = route({
  method: 'POST',
  path: '/operations',
  access: 'session',
  summary: 'Submit signed operations; answered when they are on disk',
  body: z.strictObject({
    operations: z.array(wire.operation()).min(1).max(LIMITS.page),
    letters: z.array(letter).max(16).default([]),
  }),
  reply: z.strictObject({ receipts: z.array(receipt) }),
});

export const head = route({
  method: 'GET',
  path: '/ledger/head',
  access: 'public',
  summary: 'The newest signed block header',
  body: nothing,
  reply: z.strictObject({ header: wire.bytesUpTo(4_096) }),
});

/** Values of the state with proofs of inclusion or absence against one header. */
export const state = route({
  method: 'POST',
  path: '/ledger/state',
  access: 'session',
  summary: 'Prove values of the state',
  body: z.strictObject({ keys: z.array(z.string().max(200)).min(1).max(LIMITS.keysPerProof) }),
  reply: z.strictObject({
    header: wire.bytesUpTo(4_096),
    entries: z.array(
      z.strictObject({ key: z.string(), value: z.nullable(wire.bytesUpTo(65_536)), proof: wire.bytesUpTo(65_536) }),
    ),
  }),
});

/** Everything that concerns an account, in order, checkable for completeness against its event chain. */
export const accountEvents = route({
  method: 'GET',
  path: '/ledger/accounts/:account/events',
  access: 'session',
  summary: 'Operations of an account’s event chain',
  body: z.strictObject({ from: z.coerce.number().int().min(0).default(0) }),
  reply: z.strictObject({
    total: field.uint(),
    events: z.array(z.strictObject({ operation: wire.operation(), height: field.uint(), time: field.timeMs() })),
  }),
});

export const consistency = route({
  method: 'GET',
  path: '/ledger/consistency',
  access: 'public',
  summary: 'Proof that an older event log is a prefix of the newest',
  body: z.strictObject({ from: z.coerce.number().int().min(0) }),
  reply: z.strictObject({ header: wire.bytesUpTo(4_096), path: wire.bytesUpTo(16_384) }),
});

/** Blocks as stored, framed: a length of 4 bytes before each. For whoever verifies the whole ledger. */
export const blocks = route({
  method: 'GET',
  path: '/ledger/blocks',
  access: 'operator',
  summary: 'A stream of blocks from a height on',
  body: z.strictObject({ from: z.coerce.number().int().min(1).default(1) }),
  reply: z.unknown(),
  streams: true,
});
