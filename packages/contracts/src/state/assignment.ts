import { type AccountId, field } from '@salus/base';
import { z } from 'zod';
import { type StateKey, stateKey } from './key.ts';

/** `assignment/<doctor>/<patient>`: puts a patient on a doctor's list and lets the doctor author records; not a permission to read. */
export const assignmentSchema = z.strictObject({
  status: z.enum(['active', 'ended']),
  /** Block time of the last change. */
  since: field.timeMs(),
  /** Commitment to the words by which the operator introduces the patient to the doctor, so that no server can change them. */
  introduction: field.bytes(32),
});
export type Assignment = z.output<typeof assignmentSchema>;

export const assignmentKey = (doctor: AccountId, patient: AccountId): StateKey<Assignment> =>
  stateKey(`assignment/${doctor}/${patient}`);
