import { field } from '@salus/base';
import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { route } from '../route.ts';
import { wire } from '../wire.ts';
import { receipt } from './ledger.ts';
import { recordName, version, wireError } from './records.ts';

/** What a reader reveals of each committed read: the slot behind the commitment, and for a delegation its row key. */
export const revealedRead = z.strictObject({
  slot: field.id(),
  salt: wire.bytes(32),
  rowKey: z.optional(wire.bytes(32)),
});

/**
 * What is delivered has one shape on both routes, direct and re-encrypted (proxy invisibility). `chunks` holds the sealed
 * body where it is no larger than `contentBytes` of the request; otherwise it is fetched with `fetchChunks`.
 */
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
  chunks: z.nullable(z.array(wire.bytesUpTo(LIMITS.requestBytes))),
});

/** What comes first: the receipt, the locks of all reads in one box per keeper, and the ledger's word on each record. */
export const openingHead = z.strictObject({
  receipt,
  locks: z.array(z.strictObject({ keeper: field.id(), box: wire.bytesUpTo(65_536) })),
  header: wire.bytesUpTo(4_096),
  proofs: z.array(z.strictObject({ key: z.string(), value: wire.bytesUpTo(65_536), proof: wire.bytesUpTo(65_536) })),
});

/** A frame of the answer: the head, then each record in the order asked, or why the rest cannot be given. */
export const openingFrame = z.union([
  z.strictObject({ head: openingHead }),
  z.strictObject({ delivered }),
  z.strictObject({ error: wireError }),
]);

/**
 * Opens records: submits the `read.open` operation if the ledger does not hold it yet, then lets keepers and proxy answer.
 * Sending it again within a minute repeats the same bytes. The answer is a stream of frames, each a length in 4 bytes and
 * CBOR: the reader opens the first record while the node still serves the next.
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
    contentBytes: field.uint(LIMITS.requestBytes).default(0),
  }),
  reply: openingFrame,
  streams: true,
});
