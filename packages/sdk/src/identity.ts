import { decodeCanonical, encodeCanonical, field } from '@salus/base';
import { z } from 'zod';
import { sdkError } from './errors.ts';
import type { ProfileStore } from './store.ts';

/** A person's root and the version of the account's keys that come from it. Old roots stay for opening. */
export const rootSchema = z.strictObject({ version: field.uint(), root: field.bytes(32) });

const signingDevice = z.strictObject({ id: field.id(), seed: field.bytes(32) });

/** What the keyring holds: enough to add a new device, and every root. */
export const keyringSchema = z.strictObject({
  account: field.id(),
  roots: z.array(rootSchema).min(1).max(1_000),
  /** Registered like any device; its key exists only here, and it signs `device.add` and nothing else. */
  signIn: signingDevice,
});
export type Keyring = z.output<typeof keyringSchema>;

/** Who a profile is, on this device. */
export const identitySchema = z.strictObject({
  account: field.id(),
  role: z.enum(['patient', 'doctor', 'institute', 'operator']),
  email: z.string(),
  /** This device's signing key: made here, never leaves. */
  device: signingDevice,
  keyring: keyringSchema,
  /** 16 bytes, the account code: with the password it opens the keyring on a new device. */
  code: field.bytes(16),
});
export type Identity = z.output<typeof identitySchema>;

const IDENTITY = 'identity';
const IDENTITY_LIMIT_BYTES = 128 * 1024;

export async function loadIdentity(store: ProfileStore): Promise<Identity> {
  const bytes = await store.get(IDENTITY);
  if (!bytes) throw sdkError('not-signed-in');
  return decodeCanonical('identity', bytes, identitySchema, IDENTITY_LIMIT_BYTES);
}

export const saveIdentity = (store: ProfileStore, identity: Identity): Promise<void> =>
  store.put(IDENTITY, encodeCanonical(identity));

export async function needNobody(store: ProfileStore): Promise<void> {
  if (await store.get(IDENTITY)) throw sdkError('already-signed-in');
}
