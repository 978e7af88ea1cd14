import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { editFields, needEditable } from '../edit.ts';
import { need } from '../need.ts';
import { recordKey } from '../state/record.ts';
import { yearIsNear } from '../year.ts';

/** An edit under a new secret, which nobody cut off before holds. */
export const recordGeneration = contract({
  body: z.strictObject({
    ...editFields,
    c1: field.bytes(96),
    com: field.bytes(32),
    bodyRoot: field.bytes(32),
    year: field.uint(9_999),
  }),
  signer: {},
  apply({ state, account, height, time, body }) {
    const current = needEditable(state, account, body, true);
    const { record, group, generation, version, c1, com, bodyRoot, year } = body;
    need(yearIsNear(year, time), 'year-refused', { year });
    const begun = { generation, generationAt: height, generationTime: time, version };
    return {
      writes: [[recordKey(record, group), { ...current, ...begun, c1, com, bodyRoot, year }]],
      concerns: [current.patient],
    };
  },
});
