import { acceptRestored, type CaughtUp, renewKeyring } from '@salus/sdk';
import type { Command, Line } from '../command.ts';
import { cliError } from '../errors.ts';

export const accountAcceptRestored: Command = {
  name: 'account accept-restored',
  summary: 'Go on after the hospital told you that it restored a backup; sends again what the backup lacks',
  usage: '--yes [--incomplete]',
  example: 'salus account accept-restored --yes --profile meera',
  options: {
    yes: { type: 'boolean', help: 'the hospital told me, not only its server' },
    incomplete: {
      type: 'boolean',
      help: 'though this device no longer has everything; I looked at who can see my records',
    },
  },
  async *run({ values, io }) {
    if (!values.yes) throw cliError('argument-missing', { argument: '--yes' });
    const report = await acceptRestored(io.surroundings(), { incomplete: values.incomplete === true });
    yield* linesOf(report);
  },
};

/** What came of catching up, for a person: first the whole, then each thing that is gone. */
export function* linesOf(report: CaughtUp): Generator<Line> {
  const { backedUpAt, restoredAt, sentAgain, missing, pending, waitingFor, shown, addedSince, renewed } = report;
  yield {
    ok: true,
    backup: new Date(backedUpAt).toISOString(),
    restored: new Date(restoredAt).toISOString(),
    sentAgain,
    missing: missing.length,
    later: pending.length,
    waitingFor,
    note: noteOf(report),
  };
  for (const device of addedSince)
    yield { addedSince: device, note: 'If this device is not yours: salus account devices --revoke DEVICE' };
  if (renewed) yield { note: 'The keyring on the server is older than your keys: salus account keyring' };
  if (!shown)
    yield { note: 'The backup does not know this device, so it does not count: sign in on one you used before.' };
  for (const { type, operation, record, title, code } of missing)
    yield { missing: type, ...(title ? { title } : {}), ...(record ? { record } : {}), operation, why: code };
}

function noteOf({ missing, waitingFor, shown }: CaughtUp): string {
  const gone =
    missing.length > 0 ? 'What is missing is gone: add those records and share with those colleagues again. ' : '';
  if (!shown) return `${gone}Nothing of yours is opened before a device you used before has been in contact.`;
  if (waitingFor.length > 0)
    return `${gone}Nothing of yours is opened before the ${waitingFor.join(' and ')} caught up.`;
  return `${gone}Your hospital’s server has caught up with you.`;
}

export const accountKeyring: Command = {
  name: 'account keyring',
  summary: 'Put this device’s keyring on the server again, after a restore brought back an older one',
  usage: '',
  example: 'salus account keyring --profile meera',
  async *run({ io }) {
    await renewKeyring(await io.device(), await io.password());
    yield { ok: true };
  },
};
