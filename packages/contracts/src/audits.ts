import type { AccountId, Bytes, DeviceId, Id } from '@salus/base';
import { digest } from '@salus/schemes/keyless';
import { need } from './need.ts';
import { type Audit, auditKey } from './state/audit.ts';
import type { StateReader } from './state/reader.ts';

/** What an audit commits to before it is begun, and shows in a later block. `nonce` is 32 random bytes. */
export const nonceCommitment = (audit: Id, nonce: Bytes): Bytes => digest('SALUS1/audit/nonce', audit, nonce);

/**
 * What everything asked by an audit is drawn from. `block` is the hash of the header of the block that it was begun in: made
 * without the nonce by who made the block, unknown to whoever chose the nonce.
 */
export const auditSeed = (block: Bytes, audit: Id, nonce: Bytes): Bytes =>
  digest('SALUS1/audit/seed', block, audit, nonce);

/** An audit that this device began and that waits for this step. Rejects with `audit-unknown`, `audit-not-yours`, `audit-state`. */
export function needAudit(
  state: StateReader,
  id: Id,
  by: { account: AccountId; device: DeviceId },
  status: Audit['status'],
): Audit {
  const audit = state.get(auditKey(id));
  need(audit, 'audit-unknown', { audit: id });
  need(audit.account === by.account && audit.device === by.device, 'audit-not-yours', { audit: id });
  need(audit.status === status, 'audit-state', { audit: id, status: audit.status });
  return audit;
}
