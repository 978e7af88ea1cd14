import { type Bytes, decodeCanonical, encodeCanonical, equal, field, framed } from '@salus/base';
import type { Genesis } from '@salus/contracts';
import { digest, type SigningKey, sign, verifySignature } from '@salus/schemes/keyless';
import { z } from 'zod';
import { ledgerError } from '../errors.ts';

/** Largest signed header: a dozen hashes and numbers take 420 bytes. */
export const HEADER_LIMIT_BYTES = 1_024;

/** What a validator signs of a block. */
export const headerSchema = z.strictObject({
  v: z.literal(1),
  network: field.bytes(32),
  /** The first block is 1. */
  height: field.uint(),
  time: field.timeMs(),
  /** Hash of the header before; the genesis hash in the first block. */
  previous: field.bytes(32),
  /** RFC 6962 root over the block's operation hashes. */
  operationsRoot: field.bytes(32),
  count: field.uint(),
  stateRoot: field.bytes(32),
  /** RFC 6962 root over all operation hashes so far, this block's included. */
  logRoot: field.bytes(32),
  logSize: field.uint(),
  /** Id of the validator that signed. */
  proposer: field.id(),
});
export type Header = z.output<typeof headerSchema>;

const signedSchema = z.tuple([field.bytesUpTo(HEADER_LIMIT_BYTES), field.bytes(64)]);

/** A header with the bytes that its signature and hash are about. */
export interface SignedHeader {
  header: Header;
  payload: Bytes;
  signature: Bytes;
  hash: Bytes;
}

/** The network that a verifier believes in: a parsed genesis and its hash. */
export interface TrustedGenesis {
  genesis: Genesis;
  network: Bytes;
}

/** Name of a header: what the next block calls `previous`. */
export const headerHash = (payload: Bytes): Bytes => digest('SALUS1/block-hash', payload);

const signedMessage = (payload: Bytes): Bytes => framed('SALUS1/block', payload);

/** Signs a header with a validator's seed. */
export async function signHeader(header: Header, seed: SigningKey): Promise<SignedHeader> {
  const payload = encodeCanonical(header);
  return { header, payload, signature: await sign(seed, signedMessage(payload)), hash: headerHash(payload) };
}

/** Wire form of a signed header. */
export const encodeHeader = ({ payload, signature }: SignedHeader): Bytes => encodeCanonical([payload, signature]);

/** A header from its parts, its signature unchecked. Throws `encoding-*`. */
export function readHeader(payload: Bytes, signature: Bytes): SignedHeader {
  const header = decodeCanonical('the block header', payload, headerSchema, HEADER_LIMIT_BYTES);
  return { header, payload, signature, hash: headerHash(payload) };
}

/** Reads a header's wire form, its signature unchecked. Throws `encoding-*`. */
export function parseHeader(bytes: Bytes): SignedHeader {
  const [payload, signature] = decodeCanonical('the signed block header', bytes, signedSchema, HEADER_LIMIT_BYTES);
  return readHeader(payload, signature);
}

/** Throws `proof-refused` unless the header is of the network and signed by the validator it names. About 0.1 ms. */
export async function checkHeader(signed: SignedHeader, { genesis, network }: TrustedGenesis): Promise<void> {
  const refuse = (why: string) => ledgerError('proof-refused', { what: 'block header', why });
  const { header, payload, signature } = signed;
  if (!equal(header.network, network)) throw refuse('it belongs to another network');
  const validator = genesis.validators.find(({ id }) => id === header.proposer);
  if (!validator) throw refuse('its proposer is no validator');
  if (!(await verifySignature(validator.key, signedMessage(payload), signature)))
    throw refuse("the validator's signature does not hold");
}
