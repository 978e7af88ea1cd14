import { type BackupReport, backUp, listBackups } from '@salus/node';
import { type Command, type Line, textOf } from '../command.ts';
import { placeOf } from '../placeOf.ts';

const PLACE = { type: 'string', help: 'a folder, or a JSON file that describes a store as node.json does' } as const;

const lineOf = ({ set, madeAt, height, sent, forgotten, withheld }: BackupReport): Line => ({
  ok: withheld === null,
  set,
  madeAt: new Date(madeAt).toISOString(),
  height,
  sentBytes: sent.sizeBytes,
  sentObjects: sent.objects,
  known: sent.known,
  forgotten: forgotten.sets.length,
  ...(withheld
    ? { withheld, note: 'The place no longer has what was written last; it was not removed from here.' }
    : {}),
});

export const backupNow: Command = {
  name: 'backup now',
  summary: 'Back up the node of this home, running or not, sealed; sends only what the place lacks',
  usage: '--to PLACE',
  example: 'salus backup now --to backups',
  options: { to: PLACE },
  async *run({ values, io }) {
    const { target } = await placeOf(textOf(values, 'to') ?? '');
    yield lineOf(await backUp(io.home, target, { random: io.surroundings().random }));
  },
};

export const backupList: Command = {
  name: 'backup list',
  summary: 'Backups in a place',
  usage: '--at PLACE',
  example: 'salus backup list --at backups',
  options: { at: PLACE },
  async *run({ values, io }) {
    const { target } = await placeOf(textOf(values, 'at') ?? '');
    for (const { set, madeAt, height } of await listBackups(io.home, target))
      yield { set, madeAt: new Date(madeAt).toISOString(), height };
  },
};
