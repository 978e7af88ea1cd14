import { type AccountId, field } from '@salus/base';
import { z } from 'zod';
import { delegateRolesSchema, fieldGroupsSchema } from '../codes.ts';
import { type StateKey, stateKey } from './key.ts';

/** What a patient allows a reader. */
export const grantSchema = z.strictObject({
  id: field.id(),
  groups: fieldGroupsSchema,
  /** Block time at which it was given, and until which (exclusive) it holds. */
  since: field.timeMs(),
  until: field.timeMs(),
  /** Roles it may be passed on to. */
  delegateTo: delegateRolesSchema,
  /** Whether it covers records committed before it was given. */
  existing: z.boolean(),
  status: z.enum(['active', 'ended']),
});
export type Grant = z.output<typeof grantSchema>;

/** `relation/<patient>/<reader>`: their newest request and grant. */
export const relationSchema = z.strictObject({
  /** Id of the newest request; whether it is open stands in the request. */
  request: field.id().or(z.literal('')),
  grant: grantSchema.nullable(),
});
export type Relation = z.output<typeof relationSchema>;

export const NO_RELATION: Relation = Object.freeze({ request: '', grant: null });

export const relationKey = (patient: AccountId, reader: AccountId): StateKey<Relation> =>
  stateKey(`relation/${patient}/${reader}`);
