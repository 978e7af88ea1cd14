import { type Bytes, decodeCanonical, encodeCanonical, equal, field, framed } from '@salus/base';
import { type SigningKey, sign, verifySignature } from '@salus/schemes/keyless';
import { z } from 'zod';
import { ledgerError } from '../errors.ts';
import { checkHeader, HEADER_LIMIT_BYTES, type Header, parseHeader, type TrustedGenesis } from './header.ts';

/** At most so many restorations one behind the other: a node that was restored more often is founded anew. */
const FORKS_LIMIT = 64;
const RESTORATION_LIMIT_BYTES = 4_096;

/** What a validator says when it was put back to a backup: from this header on it writes another history than before. */
const restorationSchema = z.strictObject({
  v: z.literal(1),
  network: field.bytes(32),
  id: field.id(),
  /** When the backup was made, and when it was restored, by the clock of the machine. */
  backedUpAt: field.timeMs(),
  restoredAt: field.timeMs(),
  /** Signed header of the newest block that the backup had. */
  header: field.bytesUpTo(HEADER_LIMIT_BYTES + 128),
  /** Heights at which earlier restorations of the same history began to write anew. */
  earlier: z.array(field.uint()).max(FORKS_LIMIT),
});
type RestorationPayload = z.output<typeof restorationSchema>;

/** A restoration that its validator signed, with the header read. */
export interface Restoration extends Omit<RestorationPayload, 'v' | 'network' | 'header'> {
  header: Header;
  /** The header's wire form. */
  headerBytes: Bytes;
}

const signedSchema = z.tuple([field.bytesUpTo(RESTORATION_LIMIT_BYTES), field.bytes(64)]);
const signedMessage = (payload: Bytes): Bytes => framed('SALUS1/restoration', payload);

/** The wire form of a restoration, signed by the validator of its header. */
export async function signRestoration(restoration: Omit<RestorationPayload, 'v'>, seed: SigningKey): Promise<Bytes> {
  const payload = encodeCanonical({ v: 1, ...restoration } satisfies RestorationPayload);
  return encodeCanonical([payload, await sign(seed, signedMessage(payload))]);
}

/** A restoration of the trusted network, signed by the validator that signed its header. Throws `encoding-*`, `proof-refused`. */
export async function verifyRestoration(bytes: Bytes, trust: TrustedGenesis): Promise<Restoration> {
  const [payload, signature] = decodeCanonical('the restoration', bytes, signedSchema, RESTORATION_LIMIT_BYTES + 128);
  const {
    v: _,
    header,
    ...said
  } = decodeCanonical('the restoration', payload, restorationSchema, RESTORATION_LIMIT_BYTES);
  const refuse = (why: string) => ledgerError('proof-refused', { what: 'restoration', why });
  if (!equal(said.network, trust.network)) throw refuse('it belongs to another network');
  const signed = parseHeader(header);
  await checkHeader(signed, trust);
  const { proposer } = signed.header;
  const validator = trust.genesis.validators.find(({ id }) => id === proposer)!;
  if (!(await verifySignature(validator.key, signedMessage(payload), signature)))
    throw refuse("the validator's signature does not hold");
  const { id, backedUpAt, restoredAt, earlier } = said;
  return { id, backedUpAt, restoredAt, earlier, header: signed.header, headerBytes: header };
}

/**
 * The height from which a device that saw a block of this height may have seen another history; undefined where the block
 * stands before every restoration.
 */
export const forkBelow = ({ header, earlier }: Restoration, height: number): number | undefined => {
  const forks = [...earlier, header.height].filter((fork) => fork < height);
  return forks.length === 0 ? undefined : Math.min(...forks);
};
