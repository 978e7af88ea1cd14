import { type Bytes, concat, decodeCanonical, encodeCanonical, field, isSalusError, type Random } from '@salus/base';
import { z } from 'zod';
import { openOnce, SALTED_OVERHEAD, sealOnce } from '../keyless/aead.ts';
import { deriveKey } from '../keyless/hash.ts';
import { tag } from '../keyless/suite.ts';

/** Every entry is padded to this, so that additions, deletions and heads look alike: the largest needs 250 bytes. */
const ENTRY_BYTES = 256;
/** A sealed entry on the node: salt 32 ‖ commitment 32 ‖ entry 256 ‖ tag 16. */
export const SEALED_ENTRY_BYTES = ENTRY_BYTES + SALTED_OVERHEAD;

/** Running numbers that an author's crash can lose in one month before the channel is opened anew. */
export const GAPS_LIMIT = 16;

const group = z.string().regex(/^[\x21-\x7e]{1,32}$/, 'must be 1 to 32 printable ASCII characters');
const n = field.uint(0xffff_ffff);

const added = z.strictObject({
  op: z.literal('add'),
  record: field.id(),
  group,
  generation: n,
  /** The reader's direct slot. */
  slot: field.id(),
  /** The slot of the topic this entry stands under, where the reader may delegate. */
  topicSlot: field.id().optional(),
  kappa: field.bytes(32),
  n,
});
const deleted = z.strictObject({ op: z.literal('del'), record: field.id(), group, generation: n, n });
const head = z.strictObject({
  op: z.literal('head'),
  /** Operations of the month so far: their numbers are 0 … count − 1. */
  count: n,
  /** Numbers that were never sent. */
  gaps: z.array(n).max(GAPS_LIMIT),
  signature: field.bytes(64),
});
const entrySchema = z.discriminatedUnion('op', [added, deleted, head]);

/**
 * One line of a search channel. `n` numbers the author's operations in a channel and month from 0; the entries of one
 * operation under its different words carry one number, and each operation stands once under `EVERYTHING`.
 */
export type Entry = z.output<typeof entrySchema>;
export type AddedEntry = z.output<typeof added>;
export type DeletedEntry = z.output<typeof deleted>;
export type HeadEntry = z.output<typeof head>;

/** Seals an entry under its word's data key and its label (32 bytes). A fresh key each time: nothing is ever reused. */
export async function sealEntry(dataKey: Bytes, label: Bytes, entry: Entry, random: Random): Promise<Bytes> {
  const salt = random(32);
  return concat(salt, await sealOnce(entryKey(dataKey, label, salt), padded(encodeCanonical(entry)), label));
}

/** The entry, or undefined where data key, label or bytes are not the ones sealed. An entry under another label fails. */
export async function openEntry(dataKey: Bytes, label: Bytes, sealed: Bytes): Promise<Entry | undefined> {
  if (sealed.length !== SEALED_ENTRY_BYTES) return undefined;
  const plain = await openOnce(entryKey(dataKey, label, sealed.subarray(0, 32)), sealed.subarray(32), label);
  return plain && readEntry(plain);
}

const entryKey = (dataKey: Bytes, label: Bytes, salt: Bytes): Bytes => deriveKey(dataKey, tag('entry'), label, salt);

function padded(content: Bytes): Bytes {
  if (content.length > ENTRY_BYTES - 2) throw new Error(`an entry of ${content.length} bytes does not fit`);
  const whole = new Uint8Array(ENTRY_BYTES);
  whole[0] = content.length >> 8;
  whole[1] = content.length & 255;
  whole.set(content, 2);
  return whole;
}

/** An author may seal anything: what is not an entry is undefined. */
function readEntry(plain: Bytes): Entry | undefined {
  const length = plain[0]! * 256 + plain[1]!;
  if (length > ENTRY_BYTES - 2 || plain.subarray(2 + length).some((byte) => byte !== 0)) return undefined;
  try {
    return decodeCanonical('entry', plain.subarray(2, 2 + length), entrySchema, ENTRY_BYTES);
  } catch (thrown) {
    if (isSalusError(thrown)) return undefined;
    throw thrown;
  }
}
