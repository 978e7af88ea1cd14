import type { HistoryEvent, Somebody } from '@salus/sdk';
import type { Line } from './command.ts';

const WHAT: Record<HistoryEvent['type'], string> = {
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
  'storage.key': 'set up storage checks',
  'storage.commit': 'said what a cloud keeps',
  'storage.retire': 'said what a cloud keeps no longer',
  'storage.repaired': 'made lost pieces again',
  'audit.begin': 'began a storage check',
  'audit.reveal': 'went on with a storage check',
  'audit.result': 'ended a storage check',
};

/** An event as the command line prints it: in words, with ids where nothing better is known. */
export function historyLine(event: HistoryEvent): Line {
  const { time, type, to, records, purpose, through, height, operation } = event;
  return {
    time: new Date(time).toISOString(),
    who: nameOf(event),
    what: WHAT[type],
    ...(to ? { to: nameOf(to) } : {}),
    ...(records.length > 0 ? { records: records.map(({ record, title }) => title ?? record) } : {}),
    ...(purpose ? { why: purpose } : {}),
    ...(through ? { sharedBy: nameOf(through) } : {}),
    height,
    operation,
  };
}

function nameOf({ who, name, account }: Somebody): string {
  if (who === 'other') return name ?? account;
  return who === 'you' ? 'you' : 'the operator';
}
