import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need, needAccount } from '../need.ts';
import { assignmentKey } from '../state/assignment.ts';

/** An operator takes a patient off a doctor's list. */
export const assignmentEnd = contract({
  body: z.strictObject({ doctor: field.id(), patient: field.id() }),
  signer: { roles: ['operator'] },
  apply({ state, time, body: { doctor, patient } }) {
    needAccount(state, doctor, 'doctor');
    needAccount(state, patient, 'patient');
    const key = assignmentKey(doctor, patient);
    const before = state.get(key);
    need(before?.status === 'active', 'assignment-unchanged', { status: 'ended' });
    return { writes: [[key, { ...before, status: 'ended', since: time }]], concerns: [doctor, patient] };
  },
});
