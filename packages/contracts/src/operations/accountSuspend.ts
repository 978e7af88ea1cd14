import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need, needActive } from '../need.ts';
import { accountKey } from '../state/account.ts';

/** An operator stops an account: nothing it signs is accepted, and what it could read is cut off from here on. */
export const accountSuspend = contract({
  body: z.strictObject({ account: field.id(), reason: field.bytes(32) }),
  signer: { roles: ['operator'] },
  apply({ state, height, body }) {
    const account = needActive(state, body.account);
    // Operators stop only with the genesis: otherwise one stolen operator's device could lock out all others.
    need(account.role !== 'operator', 'role-refused', { role: account.role });
    return {
      writes: [[accountKey(body.account), { ...account, status: 'suspended', cutAt: height }]],
      concerns: [body.account],
    };
  },
});
