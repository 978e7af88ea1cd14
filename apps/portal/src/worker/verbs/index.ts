import { accountVerbs } from './account.ts';
import { deviceVerbs } from './devices.ts';
import { doctorVerbs } from './doctor.ts';
import { operatorVerbs } from './operator.ts';
import { patientVerbs } from './patient.ts';
import { restoredVerbs } from './restored.ts';

/** Everything a page can ask of this person's device. */
export const verbs = {
  ...accountVerbs,
  ...restoredVerbs,
  ...deviceVerbs,
  ...patientVerbs,
  ...operatorVerbs,
  ...doctorVerbs,
};
export type Verbs = typeof verbs;
