import { type Bytes, field } from '@salus/base';
import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { route } from '../route.ts';
import { wire } from '../wire.ts';
import { receipt } from './ledger.ts';

/** One reader's blinded value (spec/schemes.md). Topic slots carry no E; padding slots look like topic slots. */
export const slot = z.strictObject({
  slot: field.id(),
  recipient: field.id(),
  kind: z.enum(['direct', 'topic']),
  E: z.optional(wire.bytes(48)),
  value: wire.bytes(576),
  keysVersion: field.uint(),
});

/** One record and field group in one generation. */
export const recordName = z.strictObject({
  record: field.id(),
  group: z.string().regex(/^[a-z]{1,16}$/),
  generation: field.uint(1_000_000),
});

/** What a version stores: sealed card, manifest and chunks by hash. The body root is over exactly these, in order. */
export const version = z.strictObject({
  card: wire.bytesUpTo(LIMITS.cardBytes),
  manifest: wire.bytes(32),
  chunks: z.array(wire.bytes(32)).max(65_536),
});

export const envelope = recordName.extend({
  proof: wire.bytes(128),
  ownerBox: wire.bytesUpTo(2_048),
  version,
  slots: z.array(slot).max(4_096),
});

/** Lock shares of many slots in one box to a keeper, bound to keeper and sealer (cryptography section 7). */
export const lockBox = z.strictObject({
  keeper: field.id(),
  box: wire.bytesUpTo(LIMITS.requestBytes),
  signature: wire.bytes(64),
});

/** A search channel's opening, signed by the author's device (spec/search.md). */
export const channel = z.strictObject({
  channel: field.id(),
  author: field.id(),
  device: field.id(),
  recipient: field.id(),
  epoch: z.string().regex(/^\d{4}-\d{2}$/),
  encapsulation: wire.bytes(1_120),
  signature: wire.bytes(64),
});

/** By the device, over all the rest of an upload (spec/api.md): nothing of it changes on its way unnoticed. */
const uploadSignature = () => wire.bytes(64);

export const entry = z.strictObject({ label: wire.bytes(32), value: wire.bytesUpTo(1_024) });

export const missingChunks = route({
  method: 'POST',
  path: '/chunks/missing',
  access: 'active',
  summary: 'Which of these chunks are not stored yet',
  body: z.strictObject({ hashes: z.array(wire.bytes(32)).max(16_384) }),
  reply: z.strictObject({ missing: z.array(wire.bytes(32)) }),
});

/** Chunks travel as they are, without an encoding around them: SHA-256 32 ‖ length 4 ‖ bytes, one behind the other. */
export const putChunks = route({
  method: 'POST',
  path: '/chunks',
  access: 'active',
  summary: 'Store sealed chunks; answered when they are durable',
  body: z.custom<Bytes>((value) => value instanceof Uint8Array, 'must be application/octet-stream'),
  raw: true,
  reply: z.strictObject({ stored: field.uint(), degraded: z.boolean() }),
});

/** An error as sent. */
export const wireError = z.strictObject({
  code: z.string(),
  message: z.string(),
  fix: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

/** Either the receipt, or why this one was refused. */
export const outcome = z.union([z.strictObject({ receipt }), z.strictObject({ error: wireError })]);

/** `record.commit` and `record.generation` with their envelopes, `record.update` with its version alone. */
export const putRecords = route({
  method: 'POST',
  path: '/records',
  access: 'active',
  summary: 'Commit records or new versions of them',
  body: z.strictObject({
    records: z
      .array(
        z.strictObject({
          operation: wire.operation(),
          envelope: z.optional(envelope),
          version: z.optional(version),
        }),
      )
      .min(1)
      .max(LIMITS.recordsPerUpload),
    locks: z.array(lockBox).max(16),
    channels: z.array(channel).max(1_024),
    entries: z.array(entry).max(16_384),
    signature: uploadSignature(),
  }),
  reply: z.strictObject({ outcomes: z.array(outcome) }),
});

/** Slots and search entries for a new reader of existing records; from the record's author or patient. */
export const putSlots = route({
  method: 'POST',
  path: '/slots',
  access: 'active',
  summary: 'Add slots and search entries for a reader',
  body: z.strictObject({
    records: z.array(recordName.extend({ slots: z.array(slot).max(64) })).max(4_096),
    locks: z.array(lockBox).max(16),
    channels: z.array(channel).max(1_024),
    entries: z.array(entry).max(16_384),
    signature: uploadSignature(),
  }),
  reply: z.strictObject({ slots: field.uint() }),
});

/** A record as its owner's device lists it. */
export const ownRecord = recordName.extend({
  author: field.id(),
  time: field.timeMs(),
  ownerBox: wire.bytesUpTo(2_048),
  version: version.extend({ number: field.uint() }),
});

export const ownRecords = route({
  method: 'GET',
  path: '/records',
  access: 'session',
  summary: 'My records, oldest first',
  body: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }),
  /** `upTo` is where a later listing goes on to find what came after this one. */
  reply: z.strictObject({ records: z.array(ownRecord), next: z.nullable(field.uint()), upTo: field.uint() }),
});

/** Owner's boxes sealed anew after the owner moved to a new root; from the records' patient only. */
export const putOwnerBoxes = route({
  method: 'PUT',
  path: '/records/boxes',
  access: 'active',
  summary: 'Replace the owner’s boxes of my records',
  body: z.strictObject({
    boxes: z
      .array(recordName.extend({ ownerBox: wire.bytesUpTo(2_048) }))
      .min(1)
      .max(4_096),
  }),
  reply: z.strictObject({ replaced: field.uint() }),
});

/** The stored form, for whoever wants to see what the node holds of their record. */
export const storedForm = route({
  method: 'GET',
  path: '/records/:record/:group/stored',
  access: 'session',
  summary: 'Ciphertext, slots, pieces and ledger entry of my record',
  body: z.strictObject({}),
  reply: z.strictObject({
    record: ownRecord,
    slots: z.array(slot),
    pieces: z.array(
      z.strictObject({
        stripe: z.string(),
        store: z.string(),
        object: z.string(),
        index: field.uint(),
        sizeBytes: field.uint(),
      }),
    ),
  }),
});

/** `committedAt`: height of the newest block that says of pieces of this record that they lie there; null where some are not said yet. */
export const recordPieces = route({
  method: 'GET',
  path: '/records/:record/:group/pieces',
  access: 'session',
  summary: 'In which stores the pieces of my record lie',
  body: z.strictObject({}),
  reply: z.strictObject({
    dataShards: field.uint(),
    totalShards: field.uint(),
    stores: z.array(
      z.strictObject({
        store: z.string(),
        pieces: field.uint(),
        stored: field.uint(),
        committedAt: z.nullable(field.uint()),
      }),
    ),
  }),
});

/**
 * Sealed chunks in the order asked, each preceded by its length in 4 bytes. `read` is the operation that opened the
 * record; an owner fetching their own record leaves it out.
 */
export const fetchChunks = route({
  method: 'POST',
  path: '/chunks/fetch',
  access: 'active',
  summary: 'Fetch sealed chunks of a record',
  body: recordName.omit({ generation: true }).extend({
    read: field.id().optional(),
    hashes: z.array(wire.bytes(32)).min(1).max(16_384),
  }),
  reply: z.unknown(),
  streams: true,
});
