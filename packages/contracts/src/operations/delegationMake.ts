import { type AccountId, field, type TimeMs } from '@salus/base';
import { z } from 'zod';
import { distinctList, type Role } from '../codes.ts';
import { contract } from '../contract.ts';
import { need } from '../need.ts';
import { needPeriod } from '../period.ts';
import { addReader, readersOf } from '../readers.ts';
import { accountKey } from '../state/account.ts';
import { DELEGATION_PATIENTS_LIMIT, DELEGATION_YEARS_LIMIT, delegationKey } from '../state/delegation.ts';
import { patientKey } from '../state/patient.ts';
import type { StateReader } from '../state/reader.ts';
import { type Grant, relationKey } from '../state/relation.ts';

/** A doctor lets a colleague read, for patients whose grants allow it, records of named years. */
export const delegationMake = contract({
  body: z.strictObject({
    delegation: field.id(),
    to: field.id(),
    patients: distinctList(field.id(), 1, DELEGATION_PATIENTS_LIMIT),
    years: distinctList(field.uint(9_999), 1, DELEGATION_YEARS_LIMIT),
    until: field.timeMs(),
    commitment: field.bytes(32),
  }),
  signer: { roles: ['doctor'] },
  apply({ state, account, height, time, body }) {
    const { delegation, to, patients, until } = body;
    need(!state.get(delegationKey(delegation)), 'delegation-exists', { delegation });
    const role = needColleague(state, account, to);
    needPeriod(until, time, Number.MAX_SAFE_INTEGER);
    const grants = patients.map((patient) => needDelegable(state, patient, account, role, { until, time }).id);
    const { years, commitment } = body;
    const access = { account: to, via: delegation, until };
    return {
      writes: [
        [
          delegationKey(delegation),
          { from: account, to, patients, grants, years, until, status: 'active', commitment },
        ],
        ...patients.map(
          (patient) =>
            [patientKey(patient), addReader(patient, readersOf(state, patient), access, { height, time })] as const,
        ),
      ],
      concerns: [to, ...patients],
    };
  },
});

function needColleague(state: StateReader, from: AccountId, to: AccountId): Role {
  const account = state.get(accountKey(to));
  const fits = account?.status === 'active' && to !== from && ['doctor', 'institute'].includes(account.role);
  need(fits, 'delegation-refused', { patient: '', why: 'to' });
  return account.role;
}

function needDelegable(
  state: StateReader,
  patient: AccountId,
  from: AccountId,
  role: Role,
  period: { until: TimeMs; time: TimeMs },
): Grant {
  const grant = state.get(relationKey(patient, from))?.grant;
  const holds = (condition: boolean, why: string) => need(condition, 'delegation-refused', { patient, why });
  need(grant?.status === 'active', 'delegation-refused', { patient, why: 'grant-unknown' });
  holds(period.time < grant.until, 'grant-expired');
  holds((grant.delegateTo as readonly Role[]).includes(role), 'role');
  holds(period.until <= grant.until, 'period');
  return grant;
}
