import { type Bytes, framed, hex } from '@salus/base';
import { verifySignature } from './ed25519.ts';
import { digest } from './hash.ts';
import { tag } from './suite.ts';

/** Between whom a channel is, and from when. */
export interface ChannelEnds {
  /** Account of the author. */
  author: string;
  /** Device of the author; its key signs. */
  device: string;
  /** Account of a person, or id of a group, who searches. */
  recipient: string;
  /** The recipient's X-Wing public key: a person's, or a group's of this epoch. */
  recipientBoxKey: Bytes;
  /** Epoch in which it was agreed: the month, and for a group the epoch of its key. */
  epoch: string;
}

/** What the recipient is given: public, stored by the node. */
export interface ChannelOffer {
  /** 32 hexadecimal digits, made of all that the signature covers. */
  id: string;
  /** X-Wing encapsulation, 1,120 bytes. */
  encapsulation: Bytes;
  /** Ed25519 by the author's device, 64 bytes. */
  signature: Bytes;
}

/** What the author's device signs: both ends, the epoch, the recipient's key and the encapsulation. */
export const offerBytes = (ends: ChannelEnds, encapsulation: Bytes): Bytes =>
  framed(
    tag('channel/offer'),
    ends.author,
    ends.device,
    ends.recipient,
    ends.recipientBoxKey,
    ends.epoch,
    encapsulation,
  );

/** Digest of an offer, 32 bytes: the channel's id is its first half. */
export const offerName = (offer: Bytes): Bytes => digest(tag('channel/id'), offer);

export const channelId = (name: Bytes): string => hex(name.subarray(0, 16));

/**
 * Whether an offer is its author's: signed by that device over exactly these ends, under the id made of them. A node
 * checks it before it stores an offer; the recipient checks it again in `acceptChannel`.
 */
export async function verifyChannelOffer(offer: ChannelEnds & ChannelOffer, verifyingKey: Bytes): Promise<boolean> {
  const bytes = offerBytes(offer, offer.encapsulation);
  return offer.id === channelId(offerName(bytes)) && verifySignature(verifyingKey, bytes, offer.signature);
}
