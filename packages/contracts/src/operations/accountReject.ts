import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need, needAccount } from '../need.ts';
import { accountKey } from '../state/account.ts';

/** An operator turns a newcomer away; the reason is a commitment. */
export const accountReject = contract({
  body: z.strictObject({ account: field.id(), reason: field.bytes(32) }),
  signer: { roles: ['operator'] },
  apply({ state, body }) {
    const account = needAccount(state, body.account);
    need(account.status === 'waiting', 'account-not-waiting', { account: body.account, status: account.status });
    return { writes: [[accountKey(body.account), { ...account, status: 'rejected' }]], concerns: [body.account] };
  },
});
