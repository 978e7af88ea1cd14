import { field, type Id } from '@salus/base';
import { z } from 'zod';
import { distinctList } from '../codes.ts';
import { type StateKey, stateKey } from './key.ts';
import { cloudNameSchema, findingSchema } from './storage.ts';

/** At most so many blocks of a cloud in one audit: what a prover's sums have room for. */
export const SAMPLE_LIMIT = 1_300;
/** A bit for each sampled block. */
const BITMAP_LIMIT_BYTES = 163;
const PROOF_BYTES = 128;

/** Clouds of one audit: as many as a node has at most. */
export const auditedCloudsSchema = distinctList(cloudNameSchema, 1, 32);

/** What an audit found of a cloud. `missing`: which sampled blocks the proof leaves out, first bit first; empty where none. */
export const verdictSchema = z.strictObject({
  cloud: cloudNameSchema,
  missing: field.bytesUpTo(BITMAP_LIMIT_BYTES),
  finding: findingSchema,
});
export type Verdict = z.output<typeof verdictSchema>;

export const proofSchema = z.custom<Uint8Array>(
  (v) => v instanceof Uint8Array && (v.length === 0 || v.length === PROOF_BYTES),
  `must be ${PROOF_BYTES} bytes, or none`,
);

/** `audit/<audit>` */
export const auditSchema = z.strictObject({
  account: field.id(),
  device: field.id(),
  /** Whether the organisation's own node asked its clouds, or a person its node and clouds. */
  by: z.enum(['node', 'person']),
  /** Version of the storage key. */
  version: field.uint(),
  begunAt: field.uint(),
  commitment: field.bytes(32),
  clouds: auditedCloudsSchema,
  /** Blocks of each cloud. */
  sample: field.uint(SAMPLE_LIMIT),
  status: z.enum(['begun', 'revealed', 'judged']),
  /** 32 bytes once it is revealed. */
  nonce: field.bytesUpTo(32),
  judgedAt: field.timeMs(),
  /** Empty before it is judged, or where nothing of any cloud could be read. */
  proof: proofSchema,
  verdicts: z.array(verdictSchema).max(32),
});
export type Audit = z.output<typeof auditSchema>;

export const auditKey = (audit: Id): StateKey<Audit> => stateKey(`audit/${audit}`);
