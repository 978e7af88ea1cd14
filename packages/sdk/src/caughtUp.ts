import { decodeCanonical, encodeCanonical, field } from '@salus/base';
import { z } from 'zod';
import { keptSchema } from './drawer.ts';
import type { ProfileStore } from './store.ts';

/** An operation of mine that the restored server does not take again, and the code of why. */
const missingSchema = z.strictObject({
  type: z.string(),
  operation: field.id(),
  code: z.string(),
  record: field.id().optional(),
  title: z.string().optional(),
});
export type MissingOperation = z.output<typeof missingSchema>;

/** How a device caught up with a restored server. */
const caughtUpSchema = z.strictObject({
  restoration: field.id(),
  backedUpAt: field.timeMs(),
  restoredAt: field.timeMs(),
  /** Operations that the server had lost and has again through this device. */
  sentAgain: field.uint(),
  /** Mine that are gone: what belongs to them was lost, or they no longer fit. */
  missing: z.array(missingSchema),
  /** Mine that are sent once more while the server waits for others, on whom they may rest. */
  pending: z.array(keptSchema),
  /** Requests that I had agreed to: existing records are opened to those doctors again. */
  reopen: z.array(field.id()),
  /** Whose device must show its newest header before anything of mine is opened. */
  waitingFor: z.array(z.enum(['patient', 'operator'])),
  /** Devices of mine that were added since the restore: whoever had keys that were taken back after the backup could add one. */
  addedSince: z.array(field.id()),
  /** Whether keys of mine were renewed after the backup: the keyring on the server is then older than they. */
  renewed: z.boolean(),
  /** Whether this device counts: one that the backup does not know has nothing to show. */
  shown: z.boolean(),
});
export type CaughtUp = z.output<typeof caughtUpSchema>;

const CAUGHT_UP = 'caught-up';
/** As much as a device keeps, twice. */
const CAUGHT_UP_LIMIT_BYTES = 64 * 1024 * 1024;

/** How this profile caught up with the newest restore that it met; undefined where it met none. */
export async function caughtUp(store: ProfileStore): Promise<CaughtUp | undefined> {
  const bytes = await store.get(CAUGHT_UP);
  return bytes && decodeCanonical('how it caught up', bytes, caughtUpSchema, CAUGHT_UP_LIMIT_BYTES);
}

export const keepCaughtUp = (store: ProfileStore, report: CaughtUp): Promise<void> =>
  store.put(CAUGHT_UP, encodeCanonical(report));
