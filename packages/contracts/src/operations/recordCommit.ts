import { field } from '@salus/base';
import { z } from 'zod';
import { fieldGroupSchema } from '../codes.ts';
import { contract } from '../contract.ts';
import { need, needActive } from '../need.ts';
import { assignmentKey } from '../state/assignment.ts';
import { recordKey } from '../state/record.ts';
import { relationKey } from '../state/relation.ts';
import { yearIsNear } from '../year.ts';

/** A new record's field group: commitment, body root and c1, nothing that depends on who may read it. */
export const recordCommit = contract({
  body: z.strictObject({
    record: field.id(),
    group: fieldGroupSchema,
    patient: field.id(),
    c1: field.bytes(96),
    com: field.bytes(32),
    bodyRoot: field.bytes(32),
    year: field.uint(9_999),
  }),
  signer: {},
  apply({ state, account, height, time, body }) {
    const { record, group, patient, c1, com, bodyRoot, year } = body;
    needActive(state, patient, 'patient');
    const grant = state.get(relationKey(patient, account))?.grant;
    const granted = grant?.status === 'active' && time < grant.until;
    const assigned = state.get(assignmentKey(account, patient))?.status === 'active';
    need(account === patient || granted || assigned, 'author-refused', { account });
    const key = recordKey(record, group);
    need(!state.get(key), 'record-exists', { record, group });
    need(yearIsNear(year, time), 'year-refused', { year });
    const begun = { generation: 1, generationAt: height, generationTime: time, version: 1 };
    return {
      writes: [[key, { patient, author: account, ...begun, c1, com, bodyRoot, year, time }]],
      concerns: [patient],
    };
  },
});
