import { existsSync, type FSWatcher, watch } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@salus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentsOf } from '../src/contents.ts';
import { type Line, NodeProgram, salus, salusKilled } from '../src/program.ts';

const ENV = { SALUS_PASSWORD: 'correct horse battery staple' };
const PATIENT = ['--birth-date', '1984-03-02', '--phone', '+91 98', '--address', '12 Lake Road'];
const SCAN = seededRandom('a scan under way')(12 * 1024 * 1024);

let folder: string;
let node: NodeProgram;
let first: Line;
const place = () => join(folder, 'place');
const at = () => ['--at', place()];

const objects = async () => Object.keys(await contentsOf(join(place(), 'objects'))).length;

const env = () => ({ ...ENV, SALUS_HOME: node.home });
const as = (profile: string, args: string[]) => [...args, '--profile', profile, '--node', node.url];

async function done(profile: string, args: string[]): Promise<Line[]> {
  const { code, lines } = await salus(as(profile, args), env());
  expect(lines.filter(({ ok }) => ok === false)).toEqual([]);
  expect(code).toBe(0);
  return lines;
}

/** At a change of a folder, counted from one. It may not be there yet, or be made anew: what it lies in is watched for that. */
const atChange = (parent: string, name: string, count: number) => (kill: () => void) => {
  let left = count;
  let inner: FSWatcher | undefined;
  const outer = watch(parent, (_, file) => {
    if (file !== name || !existsSync(join(parent, name))) return;
    inner?.close();
    inner = watch(join(parent, name), () => {
      if (--left === 0) kill();
    });
  });
  return () => {
    outer.close();
    inner?.close();
  };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'salus-backup-kill-'));
  node = new NodeProgram(join(folder, 'home'));
  await node.start(['--organisation', 'City Hospital', '--email', 'operator@example.org'], ENV);
  await writeFile(join(folder, 'recovery.key'), String(node.said.find((line) => line.recoveryKey)!.recoveryKey));
  const account = ['account', 'create', '--role', 'patient', '--name', 'Meera', '--email', 'meera@example.org'];
  const [registered] = await done('meera', [...account, ...PATIENT]);
  await done('operator', ['approve', String(registered!.account)]);
  first = (await done('operator', ['backup', 'now', ...at(), '--content']))[0]!;
  await writeFile(join(folder, 'scan.bin'), SCAN);
  await done('meera', ['record', 'add', join(folder, 'scan.bin'), '--title', 'Scan']);
}, 120_000);
afterAll(async () => {
  await node?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a process killed without warning', { timeout: 240_000 }, () => {
  it('while it backs up leaves the sets that were there, whole, and the next sends only the rest', async () => {
    const before = await objects();
    let kills = 0;
    for (const count of [1, 16]) {
      const backup = as('operator', ['backup', 'now', ...at(), '--content']);
      if (await salusKilled(backup, env(), atChange(place(), 'unfinished', count))) kills++;
      expect(await done('operator', ['backup', 'list', ...at()])).toMatchObject([{ set: first.set }]);
      expect(await done('operator', ['backup', 'verify', ...at()])).toMatchObject([{ set: first.set, faulty: [] }]);
    }
    expect(kills).toBe(2);
    const whenKilled = await objects();
    const [made] = await done('operator', ['backup', 'now', ...at(), '--content']);
    // What lay in the place when the last one was killed was not sent again.
    expect(made!.sentObjects).toBe((await objects()) - whenKilled);
    expect(whenKilled).toBeGreaterThan(before);
    expect(await done('operator', ['backup', 'verify', ...at()])).toMatchObject([{ set: made!.set, faulty: [] }]);
  });

  it('while it restores leaves no folder of a node, and the next try restores everything', async () => {
    const machine = join(folder, 'machine');
    await mkdir(machine);
    const restore = ['restore', '--from', place(), '--key', join(folder, 'recovery.key'), '--to', machine];
    for (const count of [1, 3]) {
      const killed = await salusKilled(as('operator', restore), env(), atChange(machine, 'node.restoring', count));
      expect(killed).toBe(true);
      await expect(stat(join(machine, 'node'))).rejects.toMatchObject({ code: 'ENOENT' });
    }
    const [restored] = await done('operator', restore);
    expect(restored).toMatchObject({ ok: true, wanted: [] });
    const blocks = await readFile(join(machine, 'node', 'ledger', 'blocks.log'));
    const live = await readFile(join(node.home, 'node', 'ledger', 'blocks.log'));
    expect(blocks.equals(live.subarray(0, blocks.length))).toBe(true);
    expect(blocks.length).toBeGreaterThan(0);
  });
});
