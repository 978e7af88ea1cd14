import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need } from '../need.ts';
import { cutOff, readersOf } from '../readers.ts';
import { delegationKey } from '../state/delegation.ts';
import { patientKey } from '../state/patient.ts';

/** Its maker, or any patient it names, ends a delegation as a whole. */
export const delegationEnd = contract({
  body: z.strictObject({ delegation: field.id() }),
  signer: {},
  apply({ state, account, height, body: { delegation } }) {
    const found = state.get(delegationKey(delegation));
    const may = found && (found.from === account || found.patients.includes(account));
    need(may && found.status === 'active', 'delegation-unknown', { delegation });
    return {
      writes: [
        [delegationKey(delegation), { ...found, status: 'ended' }],
        ...found.patients.map(
          (patient) => [patientKey(patient), cutOff(readersOf(state, patient), [delegation], height)] as const,
        ),
      ],
      concerns: [found.from, found.to, ...found.patients],
    };
  },
});
