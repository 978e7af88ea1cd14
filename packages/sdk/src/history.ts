import type { AccountId, OperationId, RecordId, TimeMs } from '@salus/base';
import type { Operation } from '@salus/contracts';
import { listRequests } from './access.ts';
import { activityOf } from './activity.ts';
import type { Device } from './device.ts';
import { myRecords } from './records.ts';

/** One event of an account's history; whoever shows it chooses the words. */
export interface HistoryEvent {
  time: TimeMs;
  height: number;
  operation: OperationId;
  type: Operation['type'];
  /** Who did it. */
  account: AccountId;
  who: 'you' | 'operator' | 'other';
  /** Where a letter that they sealed told it. */
  name: string | undefined;
  /** Which records, with titles where they are mine. */
  records: { record: RecordId; title: string | undefined }[];
  purpose: string | undefined;
}

/**
 * Everything that concerns an account, complete and checked on this device, oldest first: who looked at what, when and
 * why. Names come from the letters people sealed with their requests; titles from my own records.
 */
export async function historyOf(device: Device, account: AccountId = device.account): Promise<HistoryEvent[]> {
  const [activity, names, titles] = await Promise.all([activityOf(device, account), namesOf(device), titlesOf(device)]);
  return activity.map(({ operation, time, height }) => ({
    time,
    height,
    operation: operation.id,
    type: operation.type,
    account: operation.account,
    who: whoIs(device, operation.account),
    name: names.get(operation.account),
    records: recordsIn(operation).map((record) => ({ record, title: titles.get(record) })),
    purpose: 'purpose' in operation.body ? operation.body.purpose : undefined,
  }));
}

function whoIs(device: Device, account: AccountId): HistoryEvent['who'] {
  if (account === device.account) return 'you';
  return account === device.trust.genesis.operator.account ? 'operator' : 'other';
}

async function namesOf(device: Device): Promise<Map<AccountId, string>> {
  const names = new Map<AccountId, string>();
  for (const { doctor, words } of await listRequests(device))
    if (words?.name && !names.has(doctor)) names.set(doctor, words.name);
  return names;
}

async function titlesOf(device: Device): Promise<Map<RecordId, string>> {
  const titles = new Map<RecordId, string>();
  if (device.identity.role === 'patient')
    for await (const { record, card } of myRecords(device)) titles.set(record, card.title);
  return titles;
}

/** Records that an operation names. Those of other patients, in one read, are not mine to see titles of. */
function recordsIn(operation: Operation): RecordId[] {
  if (operation.type === 'read.open') return [...new Set(operation.body.reads.map(([record]) => record))];
  return 'record' in operation.body ? [operation.body.record] : [];
}
