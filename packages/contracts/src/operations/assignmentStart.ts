import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need, needActive } from '../need.ts';
import { assignmentKey } from '../state/assignment.ts';

/** An operator puts a patient on a doctor's list: the doctor may author records of the patient, and reads nothing by it. */
export const assignmentStart = contract({
  body: z.strictObject({ doctor: field.id(), patient: field.id(), introduction: field.bytes(32) }),
  signer: { roles: ['operator'] },
  apply({ state, time, body: { doctor, patient, introduction } }) {
    needActive(state, doctor, 'doctor');
    needActive(state, patient, 'patient');
    const key = assignmentKey(doctor, patient);
    need(state.get(key)?.status !== 'active', 'assignment-unchanged', { status: 'active' });
    return { writes: [[key, { status: 'active', since: time, introduction }]], concerns: [doctor, patient] };
  },
});
