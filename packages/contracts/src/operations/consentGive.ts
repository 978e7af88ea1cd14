import { field } from '@salus/base';
import { z } from 'zod';
import { delegateRolesSchema, fieldGroupsSchema } from '../codes.ts';
import { contract } from '../contract.ts';
import { need } from '../need.ts';
import { needPeriod } from '../period.ts';
import { addReader, cutOff, readersOf } from '../readers.ts';
import { needRequest, needState } from '../request.ts';
import { patientKey } from '../state/patient.ts';
import { type Grant, NO_RELATION, relationKey } from '../state/relation.ts';
import { requestKey } from '../state/request.ts';

/** A patient grants what was asked, or less. It replaces an earlier grant, and whatever rested on that one ends. */
export const consentGive = contract({
  body: z.strictObject({
    grant: field.id(),
    request: field.id(),
    groups: fieldGroupsSchema,
    until: field.timeMs(),
    delegateTo: delegateRolesSchema,
    existing: z.boolean(),
  }),
  signer: {},
  apply({ state, account, height, time, body }) {
    const { grant: id, request, ...allowed } = body;
    const asked = needRequest(state, request);
    need(asked.patient === account, 'consent-not-yours', { request });
    needState(request, asked, time, 'verified');
    need(
      allowed.groups.every((group) => asked.groups.includes(group)),
      'scope-refused',
    );
    needPeriod(allowed.until, time, asked.until);
    const reader = asked.doctor;
    const relation = state.get(relationKey(account, reader)) ?? NO_RELATION;
    const grant: Grant = { id, ...allowed, since: time, status: 'active' };
    const before = readersOf(state, account);
    const replaced = relation.grant?.status === 'active' ? cutOff(before, [relation.grant.id], height) : before;
    const access = { account: reader, via: id, until: allowed.until };
    return {
      writes: [
        [requestKey(request), { ...asked, status: 'approved' }],
        [relationKey(account, reader), { ...relation, grant }],
        [patientKey(account), addReader(account, replaced, access, { height, time })],
      ],
      concerns: [reader],
    };
  },
});
