import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need } from '../need.ts';
import { needRequest, needState } from '../request.ts';
import { requestKey } from '../state/request.ts';

/** Its maker takes a request back. */
export const requestWithdraw = contract({
  body: z.strictObject({ request: field.id() }),
  signer: {},
  apply({ state, account, time, body: { request } }) {
    const asked = needRequest(state, request);
    need(account === asked.doctor, 'request-not-yours', { request });
    needState(request, asked, time, 'waiting', 'verified');
    return { writes: [[requestKey(request), { ...asked, status: 'withdrawn' }]], concerns: [asked.patient] };
  },
});
