import { type AccountId, field } from '@salus/base';
import { z } from 'zod';
import { roleSchema } from '../codes.ts';
import { type StateKey, stateKey } from './key.ts';

/** Bytes of A in G2, B in G1 and an X-Wing public key. */
export const A_BYTES = 96;
export const B_BYTES = 48;
export const BOX_KEY_BYTES = 1216;

/** At most so many devices at once: more than a person owns, few enough to check each when one is revoked. */
export const DEVICES_LIMIT = 32;
/** At most so many devices ever, which bounds the walk of a revocation: four a month for 80 years. */
export const DEVICES_EVER_LIMIT = 4_096;

/** `account/<account>`: a pseudonym, its public keys and what the operator decided. */
export const accountSchema = z.strictObject({
  role: roleSchema,
  status: z.enum(['waiting', 'active', 'rejected', 'suspended']),
  A: field.bytes(A_BYTES),
  B: field.bytes(B_BYTES),
  boxKey: field.bytes(BOX_KEY_BYTES),
  /** 1 at registration, one more at each rotation. */
  keysVersion: field.uint(),
  /** Height. */
  registeredAt: field.uint(),
  /** Height of its last suspension, or 0. */
  cutAt: field.uint(),
  /** Unrevoked devices in the order added, the sign-in device included. */
  devices: z.array(field.id()).max(DEVICES_LIMIT),
  /** How many devices it ever had. */
  devicesEver: field.uint(DEVICES_EVER_LIMIT),
});
export type Account = z.output<typeof accountSchema>;
export type AccountStatus = Account['status'];

export const accountKey = (account: AccountId): StateKey<Account> => stateKey(`account/${account}`);
