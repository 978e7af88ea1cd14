import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need, needAccount } from '../need.ts';
import { accountKey } from '../state/account.ts';

/** An operator lets a suspended account go on. Generations begun before the suspension stay closed. */
export const accountResume = contract({
  body: z.strictObject({ account: field.id() }),
  signer: { roles: ['operator'] },
  apply({ state, body }) {
    const account = needAccount(state, body.account);
    need(account.status === 'suspended', 'account-not-suspended', { account: body.account, status: account.status });
    return { writes: [[accountKey(body.account), { ...account, status: 'active' }]], concerns: [body.account] };
  },
});
