import { join, resolve } from 'node:path';
import { restore, restorePieces } from '@salus/node';
import { type Command, textOf } from '../command.ts';
import { cliError } from '../errors.ts';
import { placeOf } from '../placeOf.ts';
import { readRecoveryKey } from '../recoveryKey.ts';
import { TELL_EVERYBODY } from './node.ts';

export const restoreCommand: Command = {
  name: 'restore',
  summary: 'Restore a backup into an empty home; --content also puts pieces of records back where stores lost them',
  usage: '--from PLACE [--set SET] [--key FILE] [--to HOME] [--content | --content-only]',
  example: 'salus restore --from backups --key recovery.key --to restored',
  options: {
    from: { type: 'string', help: 'a folder, or a JSON file that describes a store as node.json does' },
    set: { type: 'string', help: 'which backup; the newest unless told' },
    key: { type: 'string', help: 'file with the recovery key (else SALUS_RECOVERY_KEY or a prompt)' },
    to: { type: 'string', help: 'home folder, without a node yet (else SALUS_HOME)' },
    content: { type: 'boolean', help: 'pieces of records, too, where the stores of node.json have them not' },
    'content-only': { type: 'boolean', help: 'those alone, into a home that was restored already' },
  },
  async *run({ values, io }) {
    const from = textOf(values, 'from');
    if (!from) throw cliError('argument-missing', { argument: '--from' });
    const place = await placeOf(from);
    const recoveryKey = await readRecoveryKey(io, textOf(values, 'key'));
    let set = textOf(values, 'set');
    const home = resolve(textOf(values, 'to') ?? io.home);
    if (!values['content-only']) {
      const { madeAt, ...report } = await restore(home, place, recoveryKey, set ? { set } : {});
      ({ set } = report);
      const restored = { restored: join(home, 'node'), ...report, madeAt: new Date(madeAt).toISOString() };
      yield { ok: true, ...restored, note: TELL_EVERYBODY };
    }
    if (!values.content && !values['content-only']) return;
    const pieces = await restorePieces(home, place, recoveryKey, set ? { set } : {});
    yield { ok: pieces.lost === 0, ...pieces };
  },
};
