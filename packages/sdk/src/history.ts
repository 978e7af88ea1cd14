import type { AccountId, OperationId } from '@salus/base';
import type { Operation } from '@salus/contracts';
import { listRequests } from './access.ts';
import { activityOf } from './activity.ts';
import type { Device } from './device.ts';
import { myRecords } from './records.ts';

/** One event in words a person reads. */
export interface HistoryEvent {
  time: number;
  /** Who did it: a name where a letter told it, "you", "the operator", or the account's id. */
  who: string;
  what: string;
  /** Which records, by title where they are mine. */
  records?: string[];
  why?: string;
  height: number;
  operation: OperationId;
}

const WHAT: Record<Operation['type'], string> = {
  'account.register': 'registered',
  'account.activate': 'activated the account',
  'account.reject': 'turned the registration down',
  'account.suspend': 'suspended the account',
  'account.resume': 'let the account go on',
  'account.rotate': 'changed the account’s keys',
  'device.add': 'added a device',
  'device.revoke': 'revoked a device',
  'assignment.start': 'assigned a doctor',
  'assignment.end': 'ended an assignment',
  'record.commit': 'saved a record',
  'record.update': 'saved a new version',
  'record.generation': 'saved a new version under new keys',
  'request.make': 'asked for access',
  'request.verify': 'confirmed the request',
  'request.reject': 'turned the request down',
  'request.withdraw': 'withdrew the request',
  'consent.give': 'agreed',
  'consent.revoke': 'stopped sharing',
  'delegation.make': 'shared with a colleague',
  'delegation.end': 'ended sharing with a colleague',
  'read.open': 'looked at',
  'node.restored': 'restored the server from a backup',
};

/**
 * Everything that concerns an account, complete and checked on this device, in plain words: who looked at what, when and
 * why. Names come from the letters people sealed with their requests; titles from my own records.
 */
export async function historyOf(device: Device, account: AccountId = device.account): Promise<HistoryEvent[]> {
  const activity = await activityOf(device, account);
  const names = new Map<string, string>([
    [device.trust.genesis.operator.account, 'the operator'],
    [device.account, 'you'],
  ]);
  for (const { doctor, words } of await listRequests(device))
    if (words?.name && !names.has(doctor)) names.set(doctor, words.name);
  const titles = await titlesOf(device);
  return activity.map(({ operation, time, height }) => {
    const records = recordsIn(operation).map((record) => titles.get(record) ?? record);
    const purpose = 'purpose' in operation.body ? operation.body.purpose : undefined;
    return {
      time,
      who: names.get(operation.account) ?? operation.account,
      what: WHAT[operation.type],
      ...(records.length > 0 ? { records } : {}),
      ...(purpose ? { why: purpose } : {}),
      height,
      operation: operation.id,
    };
  });
}

async function titlesOf(device: Device): Promise<Map<string, string>> {
  const titles = new Map<string, string>();
  if (device.identity.role === 'patient')
    for await (const { record, card } of myRecords(device)) titles.set(record, card.title);
  return titles;
}

/** Records that an operation names. Those of other patients, in one read, are not mine to see titles of. */
function recordsIn(operation: Operation): string[] {
  if (operation.type === 'read.open') return [...new Set(operation.body.reads.map(([record]) => record))];
  return 'record' in operation.body ? [operation.body.record] : [];
}
