import { type AccountId, type Bytes, equal, field, type RecordId } from '@salus/base';
import { type FieldGroup, fieldGroupSchema } from './codes.ts';
import { need } from './need.ts';
import type { StateReader } from './state/reader.ts';
import { type CommittedRecord, recordKey } from './state/record.ts';

/** Fields of every edit. `previous` is the body root that the edit was made on. */
export const editFields = {
  record: field.id(),
  group: fieldGroupSchema,
  generation: field.uint(),
  version: field.uint(),
  previous: field.bytes(32),
};

interface Edit {
  record: RecordId;
  group: FieldGroup;
  generation: number;
  version: number;
  previous: Bytes;
}

/**
 * The record that an edit by its author follows on. Two devices that edit at once name the same version, so the second is
 * rejected with `record-conflict`. Also `record-unknown`, `author-refused`.
 */
export function needEditable(
  state: StateReader,
  account: AccountId,
  edit: Edit,
  opensGeneration: boolean,
): CommittedRecord {
  const { record, group } = edit;
  const current = state.get(recordKey(record, group));
  need(current, 'record-unknown', { record, group });
  need(current.author === account, 'author-refused', { account });
  const { version, generation } = current;
  const follows =
    edit.version === version + 1 &&
    edit.generation === (opensGeneration ? generation + 1 : generation) &&
    equal(edit.previous, current.bodyRoot);
  need(follows, 'record-conflict', { version, generation });
  return current;
}
