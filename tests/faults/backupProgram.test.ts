import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from '../src/commandLine.ts';
import { contentsOf } from '../src/contents.ts';

let system: CommandLine;
let folder: string;

const done = (profile: string, args: string[]) => system.done(profile, args);
const refusedWith = async (args: string[]) => (await system.run('operator', args)).lines[0]!.code;

beforeAll(async () => {
  system = await CommandLine.found('backup-program');
  ({ folder } = system);
  await system.register('meera', 'patient');
  await writeFile(join(folder, 'lipids.txt'), 'lipids: 4.1');
  await done('meera', ['record', 'add', join(folder, 'lipids.txt'), '--title', 'Lipids']);
});
afterAll(() => system?.end());

describe('salus backup', () => {
  it('makes one beside the running node, reads it again, and rehearses it up to a record that its owner opens', async () => {
    const at = ['--at', join(folder, 'place')];
    expect(await refusedWith(['backup', 'now'])).toBe('backup-unnamed');
    const [made] = await done('operator', ['backup', 'now', ...at]);
    expect(await done('operator', ['backup', 'list', ...at])).toMatchObject([{ set: made!.set, stripes: null }]);
    expect((await done('operator', ['backup', 'verify', ...at]))[0]).toMatchObject({ set: made!.set, faulty: [] });

    const key = join(folder, 'recovery.key');
    await writeFile(key, system.recoveryKey);
    await done('operator', ['backup', 'key', '--key', key]);
    const before = await contentsOf(join(system.node.home, 'profiles'));
    const opened = await done('meera', ['backup', 'rehearse', ...at, '--key', key, '--open']);
    expect(opened).toMatchObject([
      { ok: true, set: made!.set, differing: [], lost: { accounts: 0, records: 0, delegations: 0 } },
      { ok: true, opened: 'Lipids', sizeBytes: 11 },
    ]);
    expect(await contentsOf(join(system.node.home, 'profiles'))).toEqual(before);

    const from = ['restore', '--from', join(folder, 'place'), '--key', key];
    expect(await refusedWith([...from, '--to', system.node.home])).toBe('folder-not-empty');
    expect(await refusedWith([...from, '--to', join(folder, 'new'), '--set', 'set-0'])).toBe('backup-unknown');
    await done('operator', ['backup', 'remove', ...at, '--set', String(made!.set)]);
    expect(await refusedWith([...from, '--to', join(folder, 'new')])).toBe('backup-none');
  });

  it('takes a new recovery key, kept in a file of its owner’s alone, with places of its own', async () => {
    const at = ['--at', join(folder, 'old')];
    await done('operator', ['backup', 'now', ...at]);
    const key = join(folder, 'new.key');
    expect((await done('operator', ['backup', 'key', '--new', '--save', key]))[0]).not.toHaveProperty('recoveryKey');
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    const before = await contentsOf(join(folder, 'old'));
    expect(await refusedWith(['backup', 'now', ...at])).toBe('backup-foreign');
    expect(await contentsOf(join(folder, 'old'))).toEqual(before);
    await done('operator', ['backup', 'now', '--at', join(folder, 'fresh')]);
    const [restored] = await done('operator', [
      ...['restore', '--from', join(folder, 'fresh'), '--key', key, '--to', join(folder, 'machine')],
    ]);
    expect(restored).toMatchObject({ ok: true, wanted: [] });
  });
});
