import { field } from '@salus/base';
import { z } from 'zod';
import { type StateKey, stateKey } from './key.ts';

/** `storage-key`: under which key the organisation's pieces are tagged (spec/possession.md). */
export const storageKeySchema = z.strictObject({
  /** 1 for the first, one more for each that follows: what was tagged under an earlier one is no longer audited. */
  version: field.uint(),
  /** Implicit certificate of the organisation's name and the key of who issued it: P follows from them. Points of G2. */
  certificate: field.bytes(96),
  registrar: field.bytes(96),
  /** P_α. */
  alphaKey: field.bytes(96),
  /** Hash of what provers commit with. */
  commitmentKey: field.bytes(32),
  /** The node's own device, and the account that vouches for it. */
  account: field.id(),
  device: field.id(),
});
export type StorageKey = z.output<typeof storageKeySchema>;

export const STORAGE_KEY: StateKey<StorageKey> = stateKey('storage-key');
