import {
  type BackupReport,
  backUp,
  listBackups,
  newRecoveryKey,
  type Place,
  removeBackup,
  useRecoveryKey,
  verifyBackup,
} from '@salus/node';
import { type Command, type Line, type Option, textOf, type Values } from '../command.ts';
import { cliError } from '../errors.ts';
import { placeOf } from '../placeOf.ts';
import { readRecoveryKey, saveRecoveryKey } from '../recoveryKey.ts';

const AT: Record<string, Option> = {
  at: { type: 'string', help: 'another place: a folder, or a JSON file that describes a store as node.json does' },
};

/** One of node.json by its name, which the only one does not need, or another place. */
async function placeIn(name: string | undefined, values: Values): Promise<Place> {
  const at = textOf(values, 'at');
  return at ? placeOf(at) : { name };
}

const timeOf = (time: number): string => new Date(time).toISOString();
const WITHHELD = 'The place no longer shows what was written there last, though it was not removed from here.';

function lineOf({ set, madeAt, height, sent, forgotten, withheld, unread, unswept }: BackupReport): Line {
  const { sizeBytes, objects, known } = sent;
  return {
    ok: withheld === null && unread === 0 && unswept === null,
    ...{ set, madeAt: timeOf(madeAt), height, sentBytes: sizeBytes, sentObjects: objects, known },
    forgotten: forgotten.sets.length,
    ...(withheld ? { withheld, note: WITHHELD } : {}),
    ...(unread > 0 ? { unread } : {}),
    ...(unswept ? { unswept } : {}),
  };
}

export const backupNow: Command = {
  name: 'backup now',
  summary: 'Back up the node of this home now, running or not, sealed; sends only what the place lacks',
  usage: '[NAME] [--at PLACE [--content]]',
  example: 'salus backup now nightly',
  options: { ...AT, content: { type: 'boolean', help: 'with pieces of records, where node.json does not say' } },
  async *run({ positionals: [name], values, io }) {
    const { random } = io.surroundings();
    const content = values.content ? { content: true } : {};
    yield lineOf(await backUp(io.home, await placeIn(name, values), { random, ...content }));
  },
};

export const backupList: Command = {
  name: 'backup list',
  summary: 'Backups that a place has',
  usage: '[NAME] [--at PLACE]',
  example: 'salus backup list nightly',
  options: AT,
  async *run({ positionals: [name], values, io }) {
    for (const { madeAt, ...one } of await listBackups(io.home, await placeIn(name, values)))
      yield { ...one, madeAt: timeOf(madeAt) };
  },
};

export const backupVerify: Command = {
  name: 'backup verify',
  summary: 'Read a backup whole and compare it with the node of this home',
  usage: '[NAME] [--at PLACE] [--set SET] [--mend]',
  example: 'salus backup verify nightly',
  options: {
    ...AT,
    set: { type: 'string', help: 'which one; the newest unless told' },
    mend: { type: 'boolean', help: 'remove what is damaged, so that the next backup sends it again' },
  },
  async *run({ positionals: [name], values, io }) {
    const set = textOf(values, 'set');
    const options = { mend: values.mend === true, ...(set ? { set } : {}) };
    const { madeAt, ...report } = await verifyBackup(io.home, await placeIn(name, values), options);
    const ok = report.faulty.length === 0 && report.withheld === null && report.sameHistory === true;
    yield { ok, ...report, madeAt: timeOf(madeAt), ...(report.withheld ? { note: WITHHELD } : {}) };
  },
};

export const backupRemove: Command = {
  name: 'backup remove',
  summary: 'Remove a backup, and what no other one needs',
  usage: '[NAME] --set SET [--at PLACE]',
  example: 'salus backup remove nightly --set set-20261127-125747123-1a2b3c4d',
  options: { ...AT, set: { type: 'string', help: 'which one' } },
  async *run({ positionals: [name], values, io }) {
    const set = textOf(values, 'set');
    if (!set) throw cliError('argument-missing', { argument: '--set' });
    const { objects } = await removeBackup(io.home, await placeIn(name, values), set);
    yield { ok: true, removed: set, objects };
  },
};

export const backupKey: Command = {
  name: 'backup key',
  summary: 'Give the node what it needs of the recovery key, or make a new one (--new), for new places',
  usage: '[--key FILE] | --new [--save FILE]',
  example: 'salus backup key --new --save /media/stick/recovery.key',
  options: {
    key: { type: 'string', help: 'file with the recovery key (else SALUS_RECOVERY_KEY or a prompt)' },
    new: { type: 'boolean', help: 'make another; backups so far open with the old one alone' },
    save: { type: 'string', help: 'write it into this new file instead of showing it' },
  },
  async *run({ values, io }) {
    if (!values.new) {
      await useRecoveryKey(io.home, await readRecoveryKey(io, textOf(values, 'key')));
      yield { ok: true };
      return;
    }
    const recoveryKey = Buffer.from(await newRecoveryKey(io.home, io.surroundings().random)).toString('hex');
    const file = textOf(values, 'save');
    if (file) await saveRecoveryKey(file, recoveryKey);
    yield {
      ok: true,
      ...(file ? { saved: file } : { recoveryKey }),
      keep: 'Keep it away from this machine: whoever has it and a backup has the node’s keys; without it no backup opens.',
    };
  },
};
