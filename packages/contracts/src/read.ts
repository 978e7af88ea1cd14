import type { AccountId, Id, TimeMs } from '@salus/base';
import type { FieldGroup, Role } from './codes.ts';
import { accountKey } from './state/account.ts';
import { type Delegation, delegationKey } from './state/delegation.ts';
import type { StateReader } from './state/reader.ts';
import type { CommittedRecord } from './state/record.ts';
import { type Grant, relationKey } from './state/relation.ts';

/** One read to be judged. `grant` is "", a grant's id or a delegation's. */
export interface ReadAttempt {
  account: AccountId;
  time: TimeMs;
  record: CommittedRecord;
  group: FieldGroup;
  grant: Id | '';
}

/** Why a read is refused. Those of the grant behind a delegation begin with `maker-`. */
export type ReadRefusal = GrantRefusal | `maker-${GrantRefusal}` | DelegationRefusal;
type GrantRefusal = 'grant-unknown' | 'grant-ended' | 'grant-expired' | 'group' | 'older';
type DelegationRefusal =
  | 'delegation-ended'
  | 'delegation-expired'
  | 'patient'
  | 'year'
  | 'maker-inactive'
  | 'maker-grant-replaced'
  | 'maker-role';

/** Undefined where the read is allowed. Lock keepers ask the same again at their newest height. */
export function readRefusal(state: StateReader, attempt: ReadAttempt): ReadRefusal | undefined {
  const { account, record, grant } = attempt;
  if (grant === '') return account === record.patient ? undefined : 'grant-unknown';
  const own = state.get(relationKey(record.patient, account))?.grant;
  if (own?.id === grant) return grantRefusal(own, attempt);
  const delegation = state.get(delegationKey(grant));
  if (!delegation || delegation.to !== account) return 'grant-unknown';
  return delegationRefusal(state, delegation, attempt);
}

function grantRefusal(grant: Grant, { time, record, group }: ReadAttempt): GrantRefusal | undefined {
  if (grant.status !== 'active') return 'grant-ended';
  if (time >= grant.until) return 'grant-expired';
  if (!grant.groups.includes(group)) return 'group';
  // A record of the very block may have come before the grant: such a one counts as older.
  if (!grant.existing && record.time <= grant.since) return 'older';
  return undefined;
}

function delegationRefusal(state: StateReader, delegation: Delegation, attempt: ReadAttempt): ReadRefusal | undefined {
  const { account, time, record } = attempt;
  if (delegation.status !== 'active') return 'delegation-ended';
  if (time >= delegation.until) return 'delegation-expired';
  const place = delegation.patients.indexOf(record.patient);
  if (place < 0) return 'patient';
  if (!delegation.years.includes(record.year)) return 'year';
  if (state.get(accountKey(delegation.from))?.status !== 'active') return 'maker-inactive';
  const grant = state.get(relationKey(record.patient, delegation.from))?.grant;
  if (!grant) return 'maker-grant-unknown';
  if (grant.id !== delegation.grants[place]) return 'maker-grant-replaced';
  const refusal = grantRefusal(grant, attempt);
  if (refusal) return `maker-${refusal}`;
  const role = state.get(accountKey(account))?.role;
  return (grant.delegateTo as readonly (Role | undefined)[]).includes(role) ? undefined : 'maker-role';
}
