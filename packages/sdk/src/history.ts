import type { AccountId, DelegationId, OperationId, RecordId, TimeMs } from '@salus/base';
import type { Operation } from '@salus/contracts';
import { listRequests } from './access.ts';
import { activityOf } from './activity.ts';
import type { Device } from './device.ts';
import { myRecords } from './records.ts';

/** Somebody whom a history names. */
export interface Somebody {
  account: AccountId;
  who: 'you' | 'operator' | 'other';
  /** Where a letter that they sealed told it. */
  name: string | undefined;
}

/** One event of an account's history, and who did it; whoever shows it chooses the words. */
export interface HistoryEvent extends Somebody {
  time: TimeMs;
  height: number;
  operation: OperationId;
  type: Operation['type'];
  /** Which records, with titles where they are mine. */
  records: { record: RecordId; title: string | undefined }[];
  purpose: string | undefined;
  /** Of a read that a delegation allowed: who had shared with the reader. */
  through: Somebody | undefined;
  /** Of a delegation: with whom it shares. */
  to: Somebody | undefined;
}

/**
 * Everything that concerns an account, complete and checked on this device, oldest first: who looked at what, when and
 * why, and who had shared with them. Names come from the letters people sealed with their requests; titles from my own records.
 */
export async function historyOf(device: Device, account: AccountId = device.account): Promise<HistoryEvent[]> {
  const [activity, names, titles] = await Promise.all([activityOf(device, account), namesOf(device), titlesOf(device)]);
  const somebody = (one: AccountId): Somebody => ({ account: one, who: whoIs(device, one), name: names.get(one) });
  const sharers = sharersIn(activity.map(({ operation }) => operation));
  return activity.map(({ operation, time, height }) => {
    const sharer = grantsIn(operation)
      .map((grant) => sharers.get(grant))
      .find((one) => one !== undefined);
    return {
      ...somebody(operation.account),
      time,
      height,
      operation: operation.id,
      type: operation.type,
      records: recordsIn(operation).map((record) => ({ record, title: titles.get(record) })),
      purpose: 'purpose' in operation.body ? operation.body.purpose : undefined,
      through: sharer === undefined ? undefined : somebody(sharer),
      to: operation.type === 'delegation.make' ? somebody(operation.body.to) : undefined,
    };
  });
}

/** Who made which delegation. */
function sharersIn(operations: readonly Operation[]): Map<DelegationId, AccountId> {
  const sharers = new Map<DelegationId, AccountId>();
  for (const { type, account, body } of operations)
    if (type === 'delegation.make') sharers.set(body.delegation, account);
  return sharers;
}

/** What a read rests on: consents or delegations, or nothing where one's own records are read. */
const grantsIn = (operation: Operation): string[] =>
  operation.type === 'read.open' ? operation.body.reads.map(([, , , , grant]) => grant) : [];

function whoIs(device: Device, account: AccountId): Somebody['who'] {
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
