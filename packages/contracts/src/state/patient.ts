import { type AccountId, field } from '@salus/base';
import { z } from 'zod';
import { type StateKey, stateKey } from './key.ts';

/** At most so many accesses to one patient at once: an edit looks at each of them. */
export const READERS_LIMIT = 256;

/** `patient/<account>`: who may read, and when somebody was last cut off. Absent until the first consent or cut-off. */
export const patientSchema = z.strictObject({
  /** Height of the last cut-off, or 0. */
  cutAt: field.uint(),
  /** One entry per access: through a grant or a delegation, with the time at which it runs out by itself. */
  readers: z.array(z.strictObject({ account: field.id(), via: field.id(), until: field.timeMs() })).max(READERS_LIMIT),
});
export type Patient = z.output<typeof patientSchema>;
export type Reader = Patient['readers'][number];

export const NO_READERS: Patient = Object.freeze({ cutAt: 0, readers: [] });

export const patientKey = (account: AccountId): StateKey<Patient> => stateKey(`patient/${account}`);
