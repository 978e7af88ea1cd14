import { field } from '@salus/base';
import { z } from 'zod';
import { fieldGroupSchema, purposeSchema } from '../codes.ts';
import { contract } from '../contract.ts';
import { need } from '../need.ts';
import { readRefusal } from '../read.ts';
import { recordKey } from '../state/record.ts';

/** At most so many field groups in one operation, so that it stays within the payload's limit. */
export const READS_LIMIT = 500;

const readSchema = z.tuple([field.id(), fieldGroupSchema, field.uint(), field.bytes(32), field.id().or(z.literal(''))]);

/** One field group to be opened: [record, group, generation, slot, grant]. */
export type Read = z.output<typeof readSchema>;

/** Announces a read: locks are given out only for reads that stand here. All of them are allowed, or none is. */
export const readOpen = contract({
  body: z.strictObject({
    purpose: purposeSchema,
    key: field.bytes(32),
    reads: z.array(readSchema).min(1).max(READS_LIMIT),
  }),
  signer: { roles: ['patient', 'doctor', 'institute'] },
  apply({ state, account, time, body: { reads } }) {
    const patients = new Set<string>();
    for (const [record, group, generation, , grant] of reads) {
      const found = state.get(recordKey(record, group));
      const known = found && generation >= 1 && generation <= found.generation;
      need(known, 'record-unknown', { record, group });
      const why = readRefusal(state, { account, time, record: found, group, grant });
      need(why === undefined, 'read-refused', { record, why: why ?? '' });
      patients.add(found.patient);
    }
    return { writes: [], concerns: [...patients] };
  },
});
