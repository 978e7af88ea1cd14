import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from '../src/commandLine.ts';
import { type Line, NodeProgram, salus } from '../src/program.ts';

let system: CommandLine;
let restored: NodeProgram;
let rao: string;

const as = (profile: string, args: string[], at?: NodeProgram) => system.run(profile, args, at);
const done = (profile: string, args: string[], at?: NodeProgram) => system.done(profile, args, at);
const search = (at: NodeProgram) => as('rao', ['search', 'lipids', '--open', join(system.folder, 'charts')], at);

beforeAll(async () => {
  system = await CommandLine.found('restored');
  const { folder, node } = system;
  restored = new NodeProgram(join(folder, 'restored'));
  const { number } = (await system.register('meera', 'patient')) as { number: string };
  const doctor = ['--licence', 'KL-1', '--speciality', 'Cardiology', '--hospital', 'City Hospital'];
  ({ account: rao } = (await system.register('rao', 'doctor', doctor)) as { account: string });
  const file = join(folder, 'lipids.txt');
  await writeFile(file, 'lipids: 4.1');
  await done('meera', ['record', 'add', file, '--word', 'lipids']);
  const [asked] = await done('rao', ['request', '--number', number, '--words', 'Chest pain']);
  await done('operator', ['verify-request', String(asked!.request)]);
  await done('meera', ['consent', String(asked!.request), '--until', '30d']);
  expect((await search(node)).code).toBe(0);
  await done('operator', ['backup', 'now', '--at', join(folder, 'backup')]);
  // What the backup does not know: that she stopped sharing, and one more record.
  await done('meera', ['revoke', rao]);
  await done('meera', ['record', 'add', file, '--title', 'Lipids again']);
  await node.stop();
  const home = { SALUS_HOME: restored.home, SALUS_RECOVERY_KEY: system.recoveryKey };
  const { code, lines } = await salus(['restore', '--from', join(folder, 'backup')], home);
  expect({ code, ok: lines[0]!.ok, note: lines[0]!.note }).toEqual({
    code: 0,
    ok: true,
    note: expect.stringContaining('Tell everybody'),
  });
  await cp(join(node.home, 'clouds'), join(restored.home, 'clouds'), { recursive: true });
  await restored.start();
});
afterAll(async () => {
  await restored?.stop();
  await system?.end();
});

describe('salus, with a node restored from a backup older than a revocation', () => {
  it('opens nothing, asks the patient whether it is true, and sends again what is missing', async () => {
    const refused = await search(restored);
    expect(refused.code).toBe(1);
    expect(refused.lines.at(-1)).toMatchObject({ ok: false, code: 'restored-waiting' });

    // She saw more than the server has: nothing goes on before she says so.
    expect((await as('meera', ['record', 'list'], restored)).lines[0]).toMatchObject({
      ok: false,
      code: 'ledger-restored',
    });
    expect((await as('meera', ['account', 'accept-restored'], restored)).lines[0]).toMatchObject({
      code: 'argument-missing',
    });

    // Killed and started again in between, it still waits for her and for the operator.
    await restored.kill();
    await restored.start();
    const health = async () => (await (await fetch(`${restored.url}/health`)).json()) as { restored: Line };
    expect((await health()).restored.waiting).toBe(1);

    const [whole, ...gone] = await done('meera', ['account', 'accept-restored', '--yes'], restored);
    expect(whole).toMatchObject({ ok: true, sentAgain: 1, missing: 1, later: 0, waitingFor: ['operator'] });
    expect(gone).toEqual([
      expect.objectContaining({ missing: 'record.commit', title: 'Lipids again', why: 'content-missing' }),
    ]);
    // The operator’s device saw nothing that is missing: any command of theirs is the contact that counts.
    await done('operator', ['account', 'list'], restored);
    expect((await health()).restored.waiting).toBe(0);

    const cutOff = await search(restored);
    expect(cutOff.code).toBe(1);
    expect(cutOff.lines.at(-1)).toMatchObject({ code: 'read-refused' });
    expect(await done('meera', ['record', 'list'], restored)).toHaveLength(1);
    await done('operator', ['verify'], restored);
  });
});
