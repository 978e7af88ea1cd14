import { field, type RecordId } from '@salus/base';
import { z } from 'zod';
import type { FieldGroup } from '../codes.ts';
import { type StateKey, stateKey } from './key.ts';

/** `record/<record>/<group>`: the newest version of one field group. */
export const recordSchema = z.strictObject({
  patient: field.id(),
  author: field.id(),
  /** 1 at the commit. A new generation has a new secret. */
  generation: field.uint(),
  /** Height and block time at which the generation began. */
  generationAt: field.uint(),
  generationTime: field.timeMs(),
  /** 1 at the commit, one more at every edit, new generations included. */
  version: field.uint(),
  c1: field.bytes(96),
  com: field.bytes(32),
  bodyRoot: field.bytes(32),
  /** Year signed in the newest generation; part of every topic's condition. */
  year: field.uint(9_999),
  /** Block time of the commit. */
  time: field.timeMs(),
});
export type CommittedRecord = z.output<typeof recordSchema>;

export const recordKey = (record: RecordId, group: FieldGroup): StateKey<CommittedRecord> =>
  stateKey(`record/${record}/${group}`);
