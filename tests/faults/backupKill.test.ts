import { existsSync, type FSWatcher, watch } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '@salus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from '../src/commandLine.ts';
import { contentsOf } from '../src/contents.ts';
import { type Line, salusKilled } from '../src/program.ts';

const SCAN = seededRandom('a scan under way')(12 * 1024 * 1024);

let system: CommandLine;
let first: Line;
const place = () => join(system.folder, 'place');
const at = () => ['--at', place()];
const objects = async () => Object.keys(await contentsOf(join(place(), 'objects'))).length;

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
  system = await CommandLine.found('backup-kill');
  await writeFile(join(system.folder, 'recovery.key'), system.recoveryKey);
  await system.register('meera', 'patient');
  first = (await system.done('operator', ['backup', 'now', ...at(), '--content']))[0]!;
  await writeFile(join(system.folder, 'scan.bin'), SCAN);
  await system.done('meera', ['record', 'add', join(system.folder, 'scan.bin'), '--title', 'Scan']);
}, 120_000);
afterAll(() => system?.end());

describe('a process killed without warning', { timeout: 240_000 }, () => {
  it('while it backs up leaves the sets that were there, whole, and the next sends only the rest', async () => {
    const before = await objects();
    let kills = 0;
    for (const count of [1, 16]) {
      const backup = system.args('operator', ['backup', 'now', ...at(), '--content']);
      if (await salusKilled(backup, system.env, atChange(place(), 'unfinished', count))) kills++;
      expect(await system.done('operator', ['backup', 'list', ...at()])).toMatchObject([{ set: first.set }]);
      expect(await system.done('operator', ['backup', 'verify', ...at()])).toMatchObject([
        { set: first.set, faulty: [] },
      ]);
    }
    expect(kills).toBe(2);
    const whenKilled = await objects();
    const [made] = await system.done('operator', ['backup', 'now', ...at(), '--content']);
    // What lay in the place when the last one was killed was not sent again.
    expect(made!.sentObjects).toBe((await objects()) - whenKilled);
    expect(whenKilled).toBeGreaterThan(before);
    expect(await system.done('operator', ['backup', 'verify', ...at()])).toMatchObject([
      { set: made!.set, faulty: [] },
    ]);
  });

  it('while it restores leaves no folder of a node, and the next try restores everything', async () => {
    const machine = join(system.folder, 'machine');
    await mkdir(machine);
    const restore = ['restore', '--from', place(), '--key', join(system.folder, 'recovery.key'), '--to', machine];
    for (const count of [1, 3]) {
      const killed = await salusKilled(
        system.args('operator', restore),
        system.env,
        atChange(machine, 'node.restoring', count),
      );
      expect(killed).toBe(true);
      await expect(stat(join(machine, 'node'))).rejects.toMatchObject({ code: 'ENOENT' });
    }
    const [restored] = await system.done('operator', restore);
    expect(restored).toMatchObject({ ok: true, wanted: [] });
    const blocks = await readFile(join(machine, 'node', 'ledger', 'blocks.log'));
    const live = await readFile(join(system.node.home, 'node', 'ledger', 'blocks.log'));
    expect(blocks.equals(live.subarray(0, blocks.length))).toBe(true);
    expect(blocks.length).toBeGreaterThan(0);
  });
});
