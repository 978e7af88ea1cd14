import { type Place, rehearse } from '@salus/node';
import { type Command, textOf } from '../command.ts';
import { placeOf } from '../placeOf.ts';
import { readRecoveryKey } from '../recoveryKey.ts';
import { openRehearsed, type RehearsedOpening } from '../rehearsedOpening.ts';

export const backupRehearse: Command = {
  name: 'backup rehearse',
  summary: 'Prove that a backup restores, beside the running node and without touching it',
  usage: '[NAME] [--at PLACE] [--set SET] [--key FILE] [--open --profile OWNER [--operator PROFILE]]',
  example: 'salus backup rehearse nightly --key /media/stick/recovery.key',
  options: {
    at: { type: 'string', help: 'another place: a folder, or a JSON file that describes a store as node.json does' },
    set: { type: 'string', help: 'which one; the newest unless told' },
    key: { type: 'string', help: 'file with the recovery key (else SALUS_RECOVERY_KEY or a prompt)' },
    open: { type: 'boolean', help: 'also open the newest record of this profile, whose keys lie on this machine' },
    operator: { type: 'string', help: 'profile of the operator, for that (default: operator)' },
  },
  async *run({ positionals: [name], values, io }) {
    const at = textOf(values, 'at');
    const place: Place = at ? await placeOf(at) : { name };
    const recoveryKey = await readRecoveryKey(io, textOf(values, 'key'));
    const set = textOf(values, 'set');
    let opened: RehearsedOpening | undefined;
    const { madeAt, ...report } = await rehearse(io.home, place, recoveryKey, {
      ...(set ? { set } : {}),
      inside: async (url) => {
        if (values.open) opened = await openRehearsed(io, url, textOf(values, 'operator') ?? 'operator');
      },
    });
    const { lost, differing, sampled, whole } = report;
    const complete =
      lost.accounts + lost.records + lost.delegations === 0 && differing.length === 0 && whole === sampled;
    yield { ok: complete && (!values.open || opened !== undefined), ...report, madeAt: new Date(madeAt).toISOString() };
    if (opened) yield { ok: true, opened: opened.title, sizeBytes: opened.sizeBytes };
  },
};
