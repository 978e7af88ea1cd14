import { type Bytes, type Random, utf8 } from '@salus/base';
import { schemes } from '../errors.ts';
import { type ChannelEnds, type ChannelOffer, channelId, offerBytes, offerName } from '../keyless/channelOffer.ts';
import { sign, verifySignature } from '../keyless/ed25519.ts';
import { deriveKey, mac } from '../keyless/hash.ts';
import { tag } from '../keyless/suite.ts';
import { decapsulate, encapsulate } from '../keyless/xwing.ts';
import { WORD_BYTES_LIMIT } from './words.ts';

export type { ChannelEnds, ChannelOffer } from '../keyless/channelOffer.ts';

/** A search channel as both ends hold it. */
export interface Channel {
  id: string;
  /** 32 bytes, secret. */
  k: Bytes;
}

function channelOf(offer: Bytes, secret: Bytes): Channel {
  const name = offerName(offer);
  const channel = { id: channelId(name), k: deriveKey(secret, tag('channel/key'), name) };
  secret.fill(0);
  return channel;
}

/** Opens a channel: a fresh secret for the recipient, signed by the author's device. Throws `box-key-unsound`. */
export async function openChannel(
  ends: ChannelEnds & { authorDeviceKey: Bytes; rng: Random },
): Promise<Channel & ChannelOffer> {
  const { encapsulation, secret } = encapsulate(ends.recipientBoxKey, ends.rng);
  const offer = offerBytes(ends, encapsulation);
  return { ...channelOf(offer, secret), encapsulation, signature: await sign(ends.authorDeviceKey, offer) };
}

/**
 * The recipient's end. Throws `channel-refused` unless the author's device (its verifying key taken from the ledger)
 * signed exactly these ends, this epoch, this key and this encapsulation: else anybody, the node included, could open
 * a channel in an author's name and fill a reader's index.
 */
export async function acceptChannel(
  offer: ChannelEnds & ChannelOffer & { boxSeed: Bytes; verifyingKey: Bytes },
): Promise<Channel> {
  const bytes = offerBytes(offer, offer.encapsulation);
  const signed = await verifySignature(offer.verifyingKey, bytes, offer.signature);
  const secret = decapsulate(offer.boxSeed, offer.encapsulation);
  if (!signed || !secret) throw schemes('channel-refused');
  const channel = channelOf(bytes, secret);
  if (channel.id !== offer.id) throw schemes('channel-refused');
  return channel;
}

/** What searches one word in one channel and month. */
export interface ChannelToken {
  /** Enumerates labels; may be given to a node for one month. */
  labelKey: Bytes;
  /** Opens entries; never given to a node. */
  dataKey: Bytes;
}

/**
 * Token of a normalised word (or `EVERYTHING`) for a month `YYYY-MM`: k_epoch = HKDF(k, month), tk = HMAC(k_epoch,
 * word). Keyed by author and reader together, so nobody else can test guesses. Throws `word-unfit` for a word longer
 * than 64 bytes or empty, or a month of another form.
 */
export function channelToken(k: Bytes, month: string, word: string): ChannelToken {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) throw schemes('word-unfit', { why: 'not a month' });
  const bytes = utf8(word);
  if (bytes.length === 0 || bytes.length > WORD_BYTES_LIMIT) throw schemes('word-unfit', { why: 'wrong length' });
  const tk = mac(deriveKey(k, tag('channel/month'), month), tag('channel/word'), bytes);
  return { labelKey: mac(tk, tag('channel/label')), dataKey: mac(tk, tag('channel/data')) };
}
