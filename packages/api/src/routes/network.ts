import { field } from '@salus/base';
import { z } from 'zod';
import { route } from '../route.ts';
import { wire } from '../wire.ts';

export const nothing = z.strictObject({});
export const done = z.strictObject({ done: z.literal(true) });

/** What a device needs before it has an account. It pins the genesis hash and refuses another later. */
export const network = route({
  method: 'GET',
  path: '/network',
  access: 'public',
  summary: 'Genesis of the network this node belongs to',
  body: nothing,
  reply: z.strictObject({
    genesis: wire.bytesUpTo(16_384),
    version: z.string(),
    /** Devices keep their operations above this height: a backup has those below, and so has the one before it. */
    keepFrom: field.uint(),
    /** Where the node was restored: its signed statement (spec/ledger.md). */
    restoration: z.nullable(wire.bytesUpTo(8_192)),
  }),
});

export const challenge = route({
  method: 'POST',
  path: '/session/challenge',
  access: 'public',
  summary: 'A nonce to sign; good once, for a minute',
  body: nothing,
  reply: z.strictObject({ nonce: wire.bytes(32) }),
});

/** The signature is over framed("SALUS1/session", network, origin, nonce). */
export const openSession = route({
  method: 'POST',
  path: '/session',
  access: 'public',
  summary: 'Open a session with a device signature',
  body: z.strictObject({
    account: field.id(),
    device: field.id(),
    nonce: wire.bytes(32),
    origin: z.string().max(200),
    signature: wire.bytes(64),
  }),
  reply: z.strictObject({ token: z.string(), expiresAt: field.timeMs() }),
});

export const closeSession = route({
  method: 'DELETE',
  path: '/session',
  access: 'session',
  summary: 'End this session',
  body: nothing,
  reply: done,
});

/** Oblivious look-up (spec/schemes.md): the node answers without learning what is looked up. */
export const lookup = route({
  method: 'POST',
  path: '/lookups',
  access: 'public',
  summary: 'Evaluate a blinded look-up',
  body: z.strictObject({ query: wire.bytes(48) }),
  reply: z.strictObject({ part: wire.bytes(48) }),
  perMinute: 60,
});

/** News for whoever listens: something changed, come and look. No content. One JSON object per line. */
export const events = route({
  method: 'GET',
  path: '/events',
  access: 'session',
  summary: 'A stream of what concerns this account, as newline-delimited JSON',
  body: nothing,
  reply: z.strictObject({ kind: z.string(), height: field.uint(), operation: field.id() }),
  streams: true,
});
