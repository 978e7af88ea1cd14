import { field } from '@salus/base';
import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { route } from '../route.ts';
import { wire } from '../wire.ts';
import { receipt } from './ledger.ts';
import { recordName, version } from './records.ts';

/** What a reader reveals of each committed read: the slot behind the commitment, and for a delegation its row key. */
export const revealedRead = z.strictObject({
  slot: field.id(),
  salt: wire.bytes(32),
  rowKey: z.optional(wire.bytes(32)),
});

/** What is delivered has one shape on both routes, direct and re-encrypted (proxy invisibility). */
export const delivered = recordName.extend({
  E: wire.bytes(48),
  c2: wire.bytes(576),
  c1: wire.bytes(96),
  com: wire.bytes(32),
  author: field.id(),
  /** Which of the reader's keys the value was made for. */
  keysVersion: field.uint(),
  version: version.extend({ number: field.uint() }),
  manifest: wire.bytesUpTo(LIMITS.requestBytes),
});

/**
 * Opens records: submits the `read.open` operation if the ledger does not hold it yet, then lets keepers and proxy answer.
 * Sending it again within a minute repeats the same bytes. Locks come in one box per keeper, sealed to the one-time key.
 */
export const openRecords = route({
  method: 'POST',
  path: '/reads',
  access: 'active',
  summary: 'Open records',
  body: z.strictObject({
    operation: wire.operation(),
    key: wire.bytes(1_216),
    reads: z.array(revealedRead).min(1).max(LIMITS.readsPerOpen),
  }),
  reply: z.strictObject({
    receipt,
    delivered: z.array(delivered),
    locks: z.array(z.strictObject({ keeper: field.id(), box: wire.bytesUpTo(65_536) })),
    header: wire.bytesUpTo(4_096),
    proofs: z.array(z.strictObject({ key: z.string(), value: wire.bytesUpTo(65_536), proof: wire.bytesUpTo(65_536) })),
  }),
});
