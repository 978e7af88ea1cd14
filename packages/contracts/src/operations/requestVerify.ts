import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { needRequest, needState } from '../request.ts';
import { requestKey } from '../state/request.ts';

/** An operator has checked that the request is what it says; the patient is asked next. */
export const requestVerify = contract({
  body: z.strictObject({ request: field.id() }),
  signer: { roles: ['operator'] },
  apply({ state, account, time, body: { request } }) {
    const asked = needRequest(state, request);
    needState(request, asked, time, 'waiting');
    return {
      writes: [[requestKey(request), { ...asked, status: 'verified', operator: account }]],
      concerns: [asked.doctor, asked.patient],
    };
  },
});
