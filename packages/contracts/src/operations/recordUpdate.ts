import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { editFields, needEditable } from '../edit.ts';
import { need } from '../need.ts';
import { cutOffSince } from '../readers.ts';
import { recordKey } from '../state/record.ts';

/** An edit under the same secret: allowed while everybody who ever had that secret may still read. */
export const recordUpdate = contract({
  body: z.strictObject({ ...editFields, bodyRoot: field.bytes(32) }),
  signer: {},
  apply({ state, account, time, body }) {
    const current = needEditable(state, account, body, false);
    need(!cutOffSince(state, current, time), 'generation-closed', { generation: current.generation });
    const { record, group, version, bodyRoot } = body;
    return { writes: [[recordKey(record, group), { ...current, version, bodyRoot }]], concerns: [current.patient] };
  },
});
