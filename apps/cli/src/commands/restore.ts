import { join, resolve } from 'node:path';
import { restore } from '@salus/node';
import { type Command, textOf } from '../command.ts';
import { cliError } from '../errors.ts';
import { placeOf } from '../placeOf.ts';
import { readRecoveryKey } from '../recoveryKey.ts';
import { TELL_EVERYBODY } from './node.ts';

export const restoreCommand: Command = {
  name: 'restore',
  summary: 'Restore a backup into an empty home',
  usage: '--from PLACE [--set SET] [--key FILE] [--to HOME]',
  example: 'salus restore --from backups --key recovery.key --to restored',
  options: {
    from: { type: 'string', help: 'a folder, or a JSON file that describes a store as node.json does' },
    set: { type: 'string', help: 'which backup; the newest unless told' },
    key: { type: 'string', help: 'file with the recovery key (else SALUS_RECOVERY_KEY or a prompt)' },
    to: { type: 'string', help: 'home folder, without a node yet (else SALUS_HOME)' },
  },
  async *run({ values, io }) {
    const from = textOf(values, 'from');
    if (!from) throw cliError('argument-missing', { argument: '--from' });
    const { target, base } = await placeOf(from);
    const recoveryKey = await readRecoveryKey(io, textOf(values, 'key'));
    const set = textOf(values, 'set');
    const home = resolve(textOf(values, 'to') ?? io.home);
    const { madeAt, ...report } = await restore(home, target, recoveryKey, { base, ...(set ? { set } : {}) });
    yield {
      ok: true,
      restored: join(home, 'node'),
      ...report,
      madeAt: new Date(madeAt).toISOString(),
      note: TELL_EVERYBODY,
    };
  },
};
