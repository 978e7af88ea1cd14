import { type DelegationId, field } from '@salus/base';
import { z } from 'zod';
import { distinctList } from '../codes.ts';
import { type StateKey, stateKey } from './key.ts';

/** At most so many patients in one delegation: each costs two written keys. */
export const DELEGATION_PATIENTS_LIMIT = 64;
/** At most so many years in one delegation: each needs a re-encryption key per patient and topic. */
export const DELEGATION_YEARS_LIMIT = 16;

/** `delegation/<delegation>`: a reader lets a colleague read what some patients' grants allow. */
export const delegationSchema = z.strictObject({
  from: field.id(),
  to: field.id(),
  patients: distinctList(field.id(), 1, DELEGATION_PATIENTS_LIMIT),
  /** The grant it rests on, of each patient in the same order: a later grant does not revive it. */
  grants: z.array(field.id()).min(1).max(DELEGATION_PATIENTS_LIMIT),
  years: distinctList(field.uint(9_999), 1, DELEGATION_YEARS_LIMIT),
  until: field.timeMs(),
  status: z.enum(['active', 'ended']),
  commitment: field.bytes(32),
});
export type Delegation = z.output<typeof delegationSchema>;

export const delegationKey = (delegation: DelegationId): StateKey<Delegation> => stateKey(`delegation/${delegation}`);
