import { mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Line, NodeProgram, salus } from '../src/program.ts';

/** Files of this repository, for want of a patient’s. */
const ADDED = ['package.json', 'biome.json'];
const PASSWORD = 'an operator’s password';

let home: string;
let node: NodeProgram;
const env = () => ({ SALUS_HOME: home, SALUS_NODE: node.url, SALUS_PASSWORD: PASSWORD });
const store = (i: number) => join(home, 'clouds', String(i));

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'salus-clouds-'));
  node = new NodeProgram(home);
  await node.start(['--organisation', 'City Hospital', '--email', 'operator@hospital.example'], {
    SALUS_PASSWORD: PASSWORD,
  });
  const people = ['--name', 'Meera Nair', '--email', 'meera@hospital.example', '--birth-date', '1984-03-02'];
  const contact = ['--phone', '+91 98 4000 1234', '--address', '12 Lake Road, Kochi'];
  const created = await salus(
    ['account', 'create', '--role', 'patient', ...people, ...contact, '--profile', 'meera'],
    env(),
  );
  expect(created.lines.at(-1)).toMatchObject({ ok: true });
  const account = String(created.lines.at(-1)!.account);
  expect((await salus(['approve', account, '--profile', 'operator'], env())).code).toBe(0);
  for (const file of ADDED) expect((await salus(['record', 'add', file, '--profile', 'meera'], env())).code).toBe(0);
});
afterAll(async () => {
  await node.stop();
  await rm(home, { recursive: true, force: true });
});

/** `salus clouds`: a line for each store, one for the sums, and before them what was repaired. */
async function clouds(...args: string[]): Promise<{ code: number; report: Line | undefined; sums: Line }> {
  const { code, lines } = await salus(['clouds', ...args, '--profile', 'operator'], env());
  return { code, report: args.length > 0 ? lines[0] : undefined, sums: lines.at(-1)! };
}

const objectsIn = async (i: number): Promise<string[]> =>
  (await readdir(store(i), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /^[0-9a-f]{64}/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

async function flip(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const at = Math.floor((await handle.stat()).size / 2);
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
    await handle.write(Buffer.of(buffer[0]! ^ 1), 0, 1, at);
  } finally {
    await handle.close();
  }
}

/** Opens every record of the patient into a file and compares it with what was added. */
async function opensAll(): Promise<void> {
  const { lines } = await salus(['record', 'list', '--profile', 'meera'], env());
  const listed = lines.filter(({ record }) => record);
  expect(listed).toHaveLength(ADDED.length);
  for (const { record, title } of listed) {
    const out = join(home, `opened-${String(record)}`);
    expect((await salus(['record', 'open', String(record), '--out', out, '--profile', 'meera'], env())).code).toBe(0);
    expect(await readFile(out)).toEqual(await readFile(ADDED.find((file) => file === title)!));
  }
}

describe('salus clouds', () => {
  it('finds and repairs pieces that were deleted in one store and changed in another', async () => {
    expect(await clouds()).toMatchObject({ code: 0, sums: { ok: true, degraded: 0, away: 0 } });
    const [gone, changed] = [await objectsIn(1), await objectsIn(2)];
    expect(gone.length).toBeGreaterThan(0);
    for (const object of gone) await rm(object);
    for (const object of changed) await flip(object);
    const { code, report } = await clouds('--repair');
    expect({ code, report }).toMatchObject({
      code: 0,
      report: { ok: true, missing: gone.length, damaged: changed.length, repaired: gone.length + changed.length },
    });
    expect(await clouds('--repair')).toMatchObject({ code: 0, report: { missing: 0, damaged: 0, repaired: 0 } });
    expect((await objectsIn(1)).sort()).toEqual(gone.sort());
  });

  it('says so with its exit code where too many stores are away, and heals when they are back', async () => {
    for (const i of [1, 2, 3]) await rename(store(i), `${store(i)}.away`);
    expect(await clouds()).toMatchObject({ code: 1, sums: { ok: false, away: 3 } });
    const [listed] = (await salus(['record', 'list', '--profile', 'meera'], env())).lines;
    const opening = ['record', 'open', String(listed!.record), '--out', join(home, 'never'), '--profile', 'meera'];
    expect(await salus(opening, env())).toMatchObject({ code: 1, lines: [{ ok: false, code: 'clouds-unavailable' }] });
    // Nothing is taken for lost while it only does not answer.
    expect(await clouds('--repair')).toMatchObject({ report: { missing: 0, damaged: 0, failed: 0 } });
    for (const i of [1, 2, 3]) {
      await rm(store(i), { recursive: true, force: true });
      await rename(`${store(i)}.away`, store(i));
    }
    await node.stop();
    await node.start();
    expect(await clouds('--repair')).toMatchObject({ code: 0, report: { ok: true }, sums: { degraded: 0, away: 0 } });
    await opensAll();
  });
});
