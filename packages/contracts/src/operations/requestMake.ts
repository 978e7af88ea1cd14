import { field } from '@salus/base';
import { z } from 'zod';
import { fieldGroupsSchema, purposeSchema } from '../codes.ts';
import { contract } from '../contract.ts';
import { need, needActive } from '../need.ts';
import { needPeriod } from '../period.ts';
import { NO_RELATION, relationKey } from '../state/relation.ts';
import { requestKey, requestStatus } from '../state/request.ts';

const DAY_MS = 86_400_000;
/** A request that nobody answers lapses after two weeks: long enough for a holiday, short enough to be remembered. */
export const REQUEST_LIFE_MS = 14 * DAY_MS;
/** Longest access that can be asked for: five years, leap days included. */
export const REQUEST_PERIOD_LIMIT_MS = 1_827 * DAY_MS;

/** A reader asks a patient for access. */
export const requestMake = contract({
  body: z.strictObject({
    request: field.id(),
    patient: field.id(),
    purpose: purposeSchema,
    commitment: field.bytes(32),
    groups: fieldGroupsSchema,
    until: field.timeMs(),
  }),
  signer: { roles: ['doctor', 'institute'] },
  apply({ state, account, time, body }) {
    const { request, patient, ...asked } = body;
    need(!state.get(requestKey(request)), 'request-exists', { request });
    needActive(state, patient, 'patient');
    const relation = state.get(relationKey(patient, account)) ?? NO_RELATION;
    const newest = relation.request && state.get(requestKey(relation.request));
    const open = newest && ['waiting', 'verified'].includes(requestStatus(newest, time));
    need(!open, 'request-repeated', { request: relation.request });
    needPeriod(asked.until, time, time + REQUEST_PERIOD_LIMIT_MS);
    const life = { from: time, status: 'waiting' as const, expiresAt: time + REQUEST_LIFE_MS, operator: '' as const };
    return {
      writes: [
        [requestKey(request), { doctor: account, patient, ...asked, ...life }],
        [relationKey(patient, account), { ...relation, request }],
      ],
      concerns: [patient],
    };
  },
});
