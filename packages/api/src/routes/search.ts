import { field } from '@salus/base';
import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { route } from '../route.ts';
import { wire } from '../wire.ts';
import { receipt } from './ledger.ts';
import { channel } from './records.ts';

/** Matches of one label key, padded with random entries to a power of two. `counter` is the entry's number in its chain. */
const matches = z.array(z.strictObject({ counter: field.uint(), label: wire.bytes(32), value: wire.bytesUpTo(1_024) }));

/** Labels number their entries in 32 bits; a walk that begins in the lower half stays within them. */
const FROM_LIMIT = 0x7fff_ffff;

/** The node walks each chain from `from` until `labelGap` numbers are missing. */
export const search = route({
  method: 'POST',
  path: '/search',
  access: 'active',
  summary: 'Entries under label keys',
  body: z.strictObject({
    chains: z
      .array(z.strictObject({ labelKey: wire.bytes(32), from: field.uint(FROM_LIMIT).default(0) }))
      .min(1)
      .max(LIMITS.labelKeysPerSearch),
  }),
  reply: z.strictObject({ chains: z.array(z.strictObject({ matches, more: z.boolean() })) }),
});

/** The same through a sealed row. Unknown, expired, ended and empty answer alike, byte for byte. */
export const searchDelegated = route({
  method: 'POST',
  path: '/search/delegated',
  access: 'active',
  summary: 'Entries under a delegation',
  body: z.strictObject({ delegation: field.id(), rowKeys: z.array(wire.bytes(32)).min(1).max(64) }),
  reply: z.strictObject({
    matches: z.array(
      z.strictObject({
        channel: field.id(),
        epoch: z.string(),
        label: wire.bytes(32),
        value: wire.bytesUpTo(1_024),
      }),
    ),
  }),
});

export const channels = route({
  method: 'GET',
  path: '/channels',
  access: 'session',
  summary: 'Search channels opened to me, oldest first',
  body: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }),
  reply: z.strictObject({ channels: z.array(channel.extend({ number: field.uint() })) }),
});

/** Rows carry no patient or topic in clear; `operation` commits to them. */
export const delegate = route({
  method: 'POST',
  path: '/delegations',
  access: 'active',
  summary: 'Delegate a topic',
  body: z.strictObject({
    operation: wire.operation(),
    rows: z
      .array(z.strictObject({ label: wire.bytes(32), sealed: wire.bytesUpTo(1_048_576) }))
      .min(1)
      .max(1_024),
    box: wire.bytesUpTo(LIMITS.requestBytes),
  }),
  reply: z.strictObject({ receipt }),
});

export const delegations = route({
  method: 'GET',
  path: '/delegations',
  access: 'session',
  summary: 'Delegations I made, received, or that name me',
  body: z.strictObject({}),
  reply: z.strictObject({
    delegations: z.array(
      z.strictObject({
        delegation: field.id(),
        from: field.id(),
        to: field.id(),
        patients: z.array(field.id()),
        years: z.array(field.uint()),
        until: field.timeMs(),
        status: z.enum(['active', 'ended']),
        box: z.optional(wire.bytesUpTo(LIMITS.requestBytes)),
      }),
    ),
  }),
});
