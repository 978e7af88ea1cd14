import { field } from '@salus/base';
import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { route } from '../route.ts';
import { wire } from '../wire.ts';

/**
 * Sends a restored node operations that it acknowledged before and has lost, in their order. Each has an outcome of its
 * own: null where the ledger holds it now, else the code of why it does not.
 */
export const resend = route({
  method: 'POST',
  path: '/restoration/operations',
  access: 'session',
  summary: 'Send operations again that a restored backup lacks',
  body: z.strictObject({ operations: z.array(wire.operation()).min(1).max(LIMITS.page) }),
  reply: z.strictObject({
    outcomes: z.array(
      z.strictObject({
        operation: field.id(),
        code: z.nullable(z.string()),
        /** Whether it was missing until now. */
        added: z.boolean(),
      }),
    ),
  }),
});

/** The signature is over framed("SALUS1/shown", network, restoration, account, SHA-256(header)). */
export const showNewest = route({
  method: 'POST',
  path: '/restoration/shown',
  access: 'session',
  summary: 'Show a restored node the newest block header this device has seen, after sending again what is missing',
  body: z.strictObject({ restoration: field.id(), header: wire.bytesUpTo(4_096), signature: wire.bytes(64) }),
  reply: z.strictObject({
    /** Who else must show theirs before this account's records are opened. */
    waitingFor: z.array(z.enum(['patient', 'operator'])),
  }),
});
