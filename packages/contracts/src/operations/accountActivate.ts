import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need, needAccount } from '../need.ts';
import { accountKey } from '../state/account.ts';

/** An operator has checked who a newcomer is. */
export const accountActivate = contract({
  body: z.strictObject({ account: field.id() }),
  signer: { roles: ['operator'] },
  apply({ state, body }) {
    const account = needAccount(state, body.account);
    need(account.status === 'waiting', 'account-not-waiting', { account: body.account, status: account.status });
    return { writes: [[accountKey(body.account), { ...account, status: 'active' }]], concerns: [body.account] };
  },
});
