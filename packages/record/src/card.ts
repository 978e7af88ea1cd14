import { type Bytes, concat, decodeCanonical, encodeCanonical, field, type Random } from '@salus/base';
import { cardKey } from '@salus/schemes/holder';
import { openOnce, sealOnce } from '@salus/schemes/keyless';
import { z } from 'zod';
import { recordError } from './errors.ts';
import { padded, unpadded } from './padding.ts';

/** Most topics of a record beside the default one: slots per reader are padded to 4, 8 or 16. */
export const TOPICS_LIMIT = 15;
/** Most words that a record is found by: 200 entries of under 1 KB for each reader. */
export const WORDS_LIMIT = 200;

/**
 * What a list shows of a record, and what it is found by. Sealed beside the manifest under the record's own key, so that
 * an owner's device lists thousands of records without fetching their bodies.
 */
export const card = z.strictObject({
  title: field.text(200),
  /** vitals or document: the field group's kind of content. */
  kind: z.enum(['vitals', 'document']),
  mediaType: field.text(100),
  fileName: z.optional(field.text(1_024)),
  sizeBytes: field.uint(),
  /** When it was measured or written, as far as known; otherwise when it was sealed. */
  time: field.timeMs(),
  topics: z.array(field.text(64)).max(TOPICS_LIMIT),
  words: z.array(field.text(64)).max(WORDS_LIMIT),
});

export type Card = z.output<typeof card>;

const CARD_LIMIT_BYTES = 32 * 1024;
const CARD_STEP_BYTES = 512;

/** What the card's and the manifest's keys come from. */
export interface SealedUnder {
  /** K of the record's secret, 32 bytes. */
  K: Bytes;
  /** ctx, 32 bytes. */
  ctx: Bytes;
  version: number;
}

/** Seals a card: 32 random bytes ‖ AEAD under HKDF(K, "card" ‖ version ‖ those bytes), padded to steps of 512 bytes. */
export async function sealCard(content: Card, under: SealedUnder, random: Random): Promise<Bytes> {
  if (content.topics.length > TOPICS_LIMIT) throw recordError('too-many-topics', { limit: TOPICS_LIMIT });
  const salt = random(32);
  const bytes = padded(encodeCanonical(content), CARD_STEP_BYTES);
  return concat(salt, await sealOnce(cardKey(under.K, under.version, salt), bytes, under.ctx));
}

/** Throws `does-not-open`. */
export async function openCard(sealed: Bytes, under: SealedUnder): Promise<Card> {
  const bytes = await openOnce(cardKey(under.K, under.version, sealed.subarray(0, 32)), sealed.subarray(32), under.ctx);
  if (!bytes) throw recordError('does-not-open');
  return decodeCanonical('card', unpadded(bytes), card, CARD_LIMIT_BYTES);
}
