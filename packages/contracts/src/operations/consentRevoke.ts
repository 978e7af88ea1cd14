import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need } from '../need.ts';
import { cutOff, readersOf } from '../readers.ts';
import { patientKey } from '../state/patient.ts';
import { relationKey } from '../state/relation.ts';

/** A patient stops a reader, and with them everybody they delegated to. */
export const consentRevoke = contract({
  body: z.strictObject({ reader: field.id() }),
  signer: {},
  apply({ state, account, height, body: { reader } }) {
    const relation = state.get(relationKey(account, reader));
    need(relation?.grant?.status === 'active', 'grant-unknown', { reader });
    const grant = { ...relation.grant, status: 'ended' as const };
    return {
      writes: [
        [relationKey(account, reader), { ...relation, grant }],
        [patientKey(account), cutOff(readersOf(state, account), [grant.id], height)],
      ],
      concerns: [reader],
    };
  },
});
