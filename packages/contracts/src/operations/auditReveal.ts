import { equal, field } from '@salus/base';
import { z } from 'zod';
import { needAudit, nonceCommitment } from '../audits.ts';
import { contract } from '../contract.ts';
import { need } from '../need.ts';
import { auditKey } from '../state/audit.ts';

/** Shows the nonce that an audit committed to, in a later block: from here on everybody knows what is asked. */
export const auditReveal = contract({
  body: z.strictObject({ audit: field.id(), nonce: field.bytes(32) }),
  signer: { roles: ['operator'], kinds: ['device', 'node'] },
  apply({ state, account, device, height, body: { audit: id, nonce } }) {
    const audit = needAudit(state, id, { account, device }, 'begun');
    need(height > audit.begunAt, 'audit-early', { audit: id });
    need(equal(audit.commitment, nonceCommitment(id, nonce)), 'nonce-refused', { audit: id });
    return { writes: [[auditKey(id), { ...audit, status: 'revealed', nonce }]], concerns: [] };
  },
});
