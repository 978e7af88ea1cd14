import { type Bytes, framed } from '@salus/base';
import { digest, sha256 } from './hash.ts';
import { leafHash, merkleRoot } from './merkle.ts';
import { tag } from './suite.ts';

/** Which sealed thing a scheme's values belong to. Author is an account id; generation counts from 1. */
export interface RecordName {
  record: string;
  group: string;
  generation: number;
}

/**
 * ctx of cryptography section 3: what binds secrets, slots and proofs to one field group of one record in one generation,
 * by one author. The version is not in it, so an edit touches no slot. 32 bytes.
 */
export const contextOf = (name: RecordName & { author: string }): Bytes =>
  digest(tag('context'), name.record, name.group, String(name.generation), name.author);

/** What a version of a record stores: the sealed card, and SHA-256 of the sealed manifest and of each sealed chunk. */
export interface VersionBody {
  card: Bytes;
  manifest: Bytes;
  chunks: readonly Bytes[];
}

/** Body root: RFC 6962 root over the hashes of card, manifest and chunks, in order. 32 bytes; what the ledger holds. */
export const bodyRootOf = (body: VersionBody): Bytes =>
  merkleRoot([sha256(body.card), body.manifest, ...body.chunks].map(leafHash));

/** The commitment by which a committed read names its slot: the slot id hidden behind 32 random bytes. */
export const slotCommitment = (slot: string, salt: Bytes): Bytes => digest('SALUS1/slot', slot, salt);

/** What a committed read says of the one-time key its answers are sealed to. */
export const oneTimeKeyHash = (key: Bytes): Bytes => digest('SALUS1/one-time-key', key);

/** Label of one lock share inside a lock box: what it is good for. */
export const lockLabel = (ctx: Bytes, slot: string, recipient: string): Bytes =>
  digest('SALUS1/lock-label', ctx, slot, recipient);

/** AAD of a lock box: which keeper it is for and who sealed it. */
export const lockBoxAad = (keeper: string, sealer: { account: string; device: string }): Bytes =>
  framed('SALUS1/lock-box', keeper, sealer.account, sealer.device);

/** What the sealer's device signs of a lock box. */
export const lockBoxMessage = (keeper: string, box: Bytes): Bytes =>
  framed('SALUS1/lock-box-signature', keeper, sha256(box));

/** AAD of the box in which a keeper answers a committed read. */
export const answerAad = (keeper: string, operation: string): Bytes => framed('SALUS1/lock-answer', keeper, operation);

/** What a device signs to replace its account's keyring on a node. */
export const keyringMessage = (
  network: Bytes,
  replaces: Bytes,
  keyring: { registration: string; wrapped: Bytes },
): Bytes => framed('SALUS1/keyring-replace', network, replaces, keyring.registration, sha256(keyring.wrapped));

/** What a device signs of an upload: all of it, in canonical form. */
export const uploadMessage = (network: Bytes, content: Bytes): Bytes =>
  framed('SALUS1/upload', network, sha256(content));

/** What a device signs to open a session. */
export const sessionMessage = (network: Bytes, origin: string, nonce: Bytes): Bytes =>
  framed('SALUS1/session', network, origin, nonce);

/** What a device signs to show a restored node the newest header it has seen. */
export const shownMessage = (network: Bytes, restoration: string, account: string, header: Bytes): Bytes =>
  framed('SALUS1/shown', network, restoration, account, sha256(header));
