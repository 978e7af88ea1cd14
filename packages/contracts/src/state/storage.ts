import { field } from '@salus/base';
import { z } from 'zod';
import { type StateKey, stateKey } from './key.ts';

/** Name of a store, as the node's configuration has it. */
export const cloudNameSchema = z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be the name of a store');

/** What an auditor found of one cloud. */
export const findingSchema = z.enum([
  /** The proof covers every sampled block, and what the auditor fetched was right. */
  'held',
  /** Something that the auditor fetched from the cloud itself was missing or altered. */
  'lost',
  /** The cloud did not answer the auditor. */
  'unreached',
  /** What the auditor fetched was right, but the node's proof does not cover the sample. */
  'unproven',
]);
export type Finding = z.output<typeof findingSchema>;

/** `storage/<cloud>`: what the node says it keeps there, and what audits and repairs came to. */
export const storedAtSchema = z.strictObject({
  /** Of the storage key that the sums are about. */
  version: field.uint(),
  /** Number of the next batch, never used again. */
  next: field.uint(),
  /** Sums over the batches that are not retired. */
  pieces: field.uint(),
  blocks: field.uint(),
  /** The newest judged audit. */
  checked: z.nullable(z.strictObject({ audit: field.id(), time: field.timeMs(), finding: findingSchema })),
  /** The newest that found the cloud to hold everything: what was committed below this height was in question. */
  proven: z.nullable(z.strictObject({ height: field.uint(), time: field.timeMs() })),
  /** Pieces made again, ever, and when last. */
  repaired: field.uint(),
  repairedAt: field.timeMs(),
});
export type StoredAt = z.output<typeof storedAtSchema>;

export const storedAtKey = (cloud: string): StateKey<StoredAt> => stateKey(`storage/${cloud}`);

/** A cloud of which the ledger says nothing yet. */
export const NOTHING_STORED: StoredAt = Object.freeze({
  ...{ version: 0, next: 1, pieces: 0, blocks: 0, checked: null, proven: null, repaired: 0, repairedAt: 0 },
});

/** `batch/<cloud>/<number>`: pieces committed together; which they are stands in the operation. */
export const batchSchema = z.strictObject({
  version: field.uint(),
  operation: field.id(),
  pieces: field.uint(),
  blocks: field.uint(),
  committedAt: field.uint(),
  /** Height, or 0 while the cloud must hold them. */
  retiredAt: field.uint(),
});
export type Batch = z.output<typeof batchSchema>;

export const batchKey = (cloud: string, number: number): StateKey<Batch> => stateKey(`batch/${cloud}/${number}`);
