import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentsOf } from '../src/contents.ts';
import { type Line, NodeProgram, salus } from '../src/program.ts';

const ENV = { SALUS_PASSWORD: 'correct horse battery staple' };
const PATIENT = ['--birth-date', '1984-03-02', '--phone', '+91 98', '--address', '12 Lake Road'];

let folder: string;
let node: NodeProgram;

const run = (profile: string, args: string[]) =>
  salus([...args, '--profile', profile, '--node', node.url], { ...ENV, SALUS_HOME: node.home });

async function done(profile: string, args: string[]): Promise<Line[]> {
  const { code, lines } = await run(profile, args);
  expect(lines.filter(({ ok }) => ok === false)).toEqual([]);
  expect(code).toBe(0);
  return lines;
}

const refusedWith = async (args: string[]) => (await run('operator', args)).lines[0]!.code;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'salus-backup-program-'));
  node = new NodeProgram(join(folder, 'home'));
  await node.start(['--organisation', 'City Hospital', '--email', 'operator@example.org'], ENV);
  const account = ['account', 'create', '--role', 'patient', '--name', 'Meera', '--email', 'meera@example.org'];
  const [registered] = await done('meera', [...account, ...PATIENT]);
  await done('operator', ['approve', String(registered!.account)]);
  await writeFile(join(folder, 'lipids.txt'), 'lipids: 4.1');
  await done('meera', ['record', 'add', join(folder, 'lipids.txt'), '--title', 'Lipids']);
});
afterAll(async () => {
  await node?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('salus backup', () => {
  it('makes one beside the running node, reads it again, and rehearses it up to a record that its owner opens', async () => {
    const at = ['--at', join(folder, 'place')];
    expect(await refusedWith(['backup', 'now'])).toBe('backup-unnamed');
    const [made] = await done('operator', ['backup', 'now', ...at]);
    expect(await done('operator', ['backup', 'list', ...at])).toMatchObject([{ set: made!.set, stripes: null }]);
    expect((await done('operator', ['backup', 'verify', ...at]))[0]).toMatchObject({ set: made!.set, faulty: [] });

    const key = join(folder, 'recovery.key');
    await writeFile(key, String(node.said.find((line) => line.recoveryKey)!.recoveryKey));
    await done('operator', ['backup', 'key', '--key', key]);
    const before = await contentsOf(join(node.home, 'profiles'));
    const opened = await done('meera', ['backup', 'rehearse', ...at, '--key', key, '--open']);
    expect(opened).toMatchObject([
      { ok: true, set: made!.set, differing: [], lost: { accounts: 0, records: 0, delegations: 0 } },
      { ok: true, opened: 'Lipids', sizeBytes: 11 },
    ]);
    expect(await contentsOf(join(node.home, 'profiles'))).toEqual(before);

    const from = ['restore', '--from', join(folder, 'place'), '--key', key];
    expect(await refusedWith([...from, '--to', node.home])).toBe('folder-not-empty');
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
