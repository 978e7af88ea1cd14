import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foundNode, openPieceReader, type PieceAccess } from '@salus/node';
import { systemRandom } from '@salus/schemes/keyless';
import {
  activate,
  Client,
  cloudStatus,
  createAccount,
  type Device,
  enrolOperator,
  listAudits,
  MemoryStore,
  newOperator,
  resume,
  setUpStorageChecks,
  tagPieces,
} from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atMoment } from '../src/killMoment.ts';
import { emailOf, ORGANISATION, PASSWORD, patientProfile } from '../src/people.ts';
import { add } from '../src/sharing.ts';
import { audited, blocksIn, document, verifiedElsewhere } from '../src/storageChecks.ts';
import { WaitingNode } from '../src/waitingNode.ts';

const TIMEOUT_MS = 300_000;
const DOCUMENT_MB = 8;

let home: string;
let node: WaitingNode;
let access: PieceAccess;
let operator: Device;
const store = new MemoryStore();
const surroundings = (keeps = store) => ({ node: node.url, store: keeps, random: systemRandom, now: Date.now });

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'salus-audit-kill-'));
  node = new WaitingNode(home);
  const { identity, operator: founding } = await newOperator(ORGANISATION, emailOf('operator'), systemRandom);
  await foundNode(home, {
    ...{ operator: founding, organisation: ORGANISATION, time: Date.now(), random: systemRandom },
    config: { perMinute: 1_000_000, tagEveryMs: 3_600_000, auditEveryMs: 10_000_000_000_000 },
  });
  await node.start();
  operator = await enrolOperator(surroundings(), identity, PASSWORD);
  const { device } = await createAccount(surroundings(new MemoryStore()), patientProfile('Meera Nair'), PASSWORD);
  await activate(operator, device.account);
  await setUpStorageChecks(operator);
  await add(device, document('tomography', DOCUMENT_MB));
  access = await openPieceReader(join(home, 'node', 'node.json'), home);
}, TIMEOUT_MS);
afterAll(async () => {
  await access.close();
  await node.stop();
  await rm(home, { recursive: true, force: true });
});

/** Lets something run until the node is killed, by `killing`; gives whether it was cut off. The node is back afterwards. */
async function cutOff(run: () => Promise<unknown>, killing: (kill: () => void) => () => void): Promise<boolean> {
  const stop = killing(() => void node.kill());
  const outcome = await run().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  stop();
  if (outcome !== undefined) expect(outcome).toMatchObject({ code: 'node-unreachable' });
  await node.kill();
  await node.start();
  operator = await resume(surroundings());
  return outcome !== undefined;
}

/** So many writes into the node's database from now on. */
const atRow = (count: number) => (kill: () => void) => atMoment(home, { sign: 'row', count, turns: 0 }, kill).stop;

/** When this route has been called and the answer is under way. */
const afterCall = (route: string) => (kill: () => void) => {
  const call = Client.prototype.call as (...given: unknown[]) => Promise<unknown>;
  Client.prototype.call = function called(this: Client, ...given: unknown[]) {
    const answer = call.apply(this, given);
    if (given[0] === route) setTimeout(kill, 20);
    return answer;
  } as never;
  return () => {
    Client.prototype.call = call as never;
  };
};

const sums = async () => {
  const { stores } = await cloudStatus(operator);
  return stores.map(({ blocks, shards }) => ({ blocks, shards }));
};

describe('a node killed without warning', { timeout: TIMEOUT_MS }, () => {
  it('while it tags goes on where it was: every piece is tagged and committed once', async () => {
    let kills = 0;
    for (const rows of [1, 4, 9, 14]) if (await cutOff(() => tagPieces(operator), atRow(rows))) kills++;
    expect(kills).toBeGreaterThan(1);
    const { pieces } = await tagPieces(operator);
    expect(await tagPieces(operator)).toMatchObject({ pieces: 0, committed: 0, retired: 0, unread: 0 });
    const stores = await sums();
    for (const [i, { blocks }] of stores.entries()) expect(blocks).toBe(await blocksIn(home, i + 1));
    // What was tagged before a kill was not tagged again.
    expect(pieces).toBeLessThan(stores.reduce((sum, { shards }) => sum + shards, 0));
    expect((await audited(operator, access)).judged.every(({ finding }) => finding === 'held')).toBe(true);
  });

  it('while it proves answers nothing; that audit stays open for all to see, and the next one is whole', async () => {
    expect(await cutOff(() => audited(operator, access), afterCall('proveStorage'))).toBe(true);
    const open = (await listAudits(operator)).at(-1)!;
    expect(open).toMatchObject({ status: 'revealed', by: 'person' });
    expect(await verifiedElsewhere(home, access, open.audit)).toMatchObject({ outcome: 'open' });
    const { audit, judged } = await audited(operator, access);
    expect(judged.every(({ finding }) => finding === 'held')).toBe(true);
    expect(await verifiedElsewhere(home, access, audit)).toMatchObject({ outcome: 'confirmed' });
  });
});
