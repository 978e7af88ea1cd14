import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need } from '../need.ts';
import { needRequest, needState } from '../request.ts';
import { requestKey } from '../state/request.ts';

/** An operator, or the patient once it is verified, declines a request; the reason is a commitment. */
export const requestReject = contract({
  body: z.strictObject({ request: field.id(), reason: field.bytes(32) }),
  signer: {},
  apply({ state, account, role, time, body: { request } }) {
    const asked = needRequest(state, request);
    need(role === 'operator' || account === asked.patient, 'request-not-yours', { request });
    if (role === 'operator') needState(request, asked, time, 'waiting', 'verified');
    else needState(request, asked, time, 'verified');
    return {
      writes: [[requestKey(request), { ...asked, status: 'rejected' }]],
      concerns: [asked.doctor, asked.patient],
    };
  },
});
