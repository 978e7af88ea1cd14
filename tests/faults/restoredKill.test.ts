import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSalusError } from '@salus/base';
import { backUp, foundNode, restore } from '@salus/node';
import { systemRandom } from '@salus/schemes/keyless';
import {
  acceptRestored,
  activate,
  activityOf,
  type CaughtUp,
  Client,
  createAccount,
  type Device,
  enrolOperator,
  giveConsent,
  grantBetween,
  MemoryStore,
  newOperator,
  type ProfileStore,
  requestAccess,
  resume,
  revokeConsent,
  type Surroundings,
  verifyRequest,
} from '@salus/sdk';
import { seededRandom } from '@salus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../src/clock.ts';
import { doctorProfile, emailOf, ORGANISATION, PASSWORD, patientProfile } from '../src/people.ts';
import { NodeProgram } from '../src/program.ts';
import { refusal } from '../src/refusal.ts';
import { folderPlace } from '../src/restored.ts';
import { add, note, readAll } from '../src/sharing.ts';

const SEED = 'killed while catching up';
const KILLS = 6;
/** Consents given and ended after the backup: each is four operations that the patient's device sends again. */
const ROUNDS = 12;
/** Turns of the event loop that a call gets before the node dies: some end before it began to write, some behind it. */
const TURNS_LIMIT = 4_000;

let folder: string;
let node: NodeProgram;
let restored: NodeProgram;
let draw: (below: number) => number;
const stores = { operator: new MemoryStore(), meera: new MemoryStore(), rao: new MemoryStore() };

const at = (store: ProfileStore, program = restored): Surroundings => ({
  node: program.url,
  store,
  random: systemRandom,
  now: Date.now,
});

async function agree(operator: Device, meera: Device, rao: Device): Promise<void> {
  const until = Date.now() + 30 * DAY_MS;
  const asking = { patient: meera.account, purpose: 'treatment', words: 'Again', groups: ['document'], until } as const;
  const request = await requestAccess(rao, { ...asking, groups: ['document'] });
  await verifyRequest(operator, request);
  await giveConsent(meera, { request });
}

beforeAll(async () => {
  const random = seededRandom(SEED);
  draw = (below) => new DataView(random(4).slice().buffer).getUint32(0) % below;
  folder = await mkdtemp(join(tmpdir(), 'salus-restored-kill-'));
  node = new NodeProgram(join(folder, 'home'));
  restored = new NodeProgram(join(folder, 'restored'));
  const { identity, operator: public_ } = await newOperator(ORGANISATION, emailOf('operator'), systemRandom);
  const config = { perMinute: 1_000_000, logLevel: 'warn' as const };
  const founding = { operator: public_, organisation: ORGANISATION, time: Date.now(), random: systemRandom, config };
  const { recoveryKey } = await foundNode(node.home, founding);
  await node.start();
  const operator = await enrolOperator(at(stores.operator, node), identity, PASSWORD);
  const { device: meera } = await createAccount(at(stores.meera, node), patientProfile('Meera Nair'), PASSWORD);
  const { device: rao } = await createAccount(at(stores.rao, node), doctorProfile('Arjun Rao'), PASSWORD);
  for (const { account } of [meera, rao]) await activate(operator, account);
  await add(meera, note('heart murmur'));
  await agree(operator, meera, rao);
  expect(await readAll(rao, 'heart')).toEqual(['heart murmur']);
  await backUp(node.home, folderPlace(join(folder, 'backup')));
  for (let round = 0; round < ROUNDS; round++) {
    await revokeConsent(meera, rao.account);
    await agree(operator, meera, rao);
  }
  await revokeConsent(meera, rao.account);
  await node.stop();
  await restore(restored.home, folderPlace(join(folder, 'backup')), recoveryKey);
  await cp(join(node.home, 'clouds'), join(restored.home, 'clouds'), { recursive: true });
  await restored.start();
});
afterAll(async () => {
  await node?.stop();
  await restored?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Catches up while the node is killed somewhere in the middle of a call; undefined where it died first. */
async function killedWhile(store: ProfileStore): Promise<CaughtUp | undefined> {
  const call = Client.prototype.call as (this: unknown, ...given: unknown[]) => Promise<unknown>;
  const [name, turns] = [draw(4) === 0 ? 'showNewest' : 'resend', draw(TURNS_LIMIT)];
  let killed: Promise<void> | undefined;
  Client.prototype.call = function killing(this: unknown, ...given: unknown[]) {
    if (given[0] === name) killed ??= afterTurns(turns).then(restored.kill);
    return call.apply(this, given);
  } as never;
  try {
    return await acceptRestored(at(store));
  } catch (thrown) {
    if (!isSalusError(thrown, 'node-unreachable')) throw thrown;
    return undefined;
  } finally {
    Client.prototype.call = call as never;
    // Where the drawn call was not made any more, it dies after all of them.
    await (killed ?? restored.kill());
  }
}

async function afterTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const health = async () =>
  ((await (await fetch(`${restored.url}/health`)).json()) as { restored: { waiting: number } }).restored;

/** The cut-off doctor never opens the record, whatever has been sent again so far. */
async function refusedToRao(): Promise<string> {
  return refusal(async () => readAll(await resume(at(stores.rao)), 'heart'));
}

describe(`a restored node killed without warning while devices catch up (seed “${SEED}”)`, () => {
  it('opens nothing in between, forgets nothing that it took, and ends with the doctor cut off', async () => {
    await acceptRestored(at(stores.rao));
    let finished = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      if (await killedWhile(stores.meera)) finished++;
      await restored.start();
      // The operator has not been in contact: no state of hers lets anybody read.
      expect(await refusedToRao()).toMatch(/^(restored-waiting|read-refused)$/);
      expect((await health()).waiting).toBe(1);
    }
    const report = await acceptRestored(at(stores.meera));
    expect(report).toMatchObject({ shown: true, missing: [], pending: [], waitingFor: ['operator'] });
    await restored.kill();
    await restored.start();
    const operator = await acceptRestored(at(stores.operator));
    expect(operator.waitingFor).toEqual([]);
    expect((await health()).waiting).toBe(0);
    const meera = await resume(at(stores.meera));
    const grant = await grantBetween(meera, meera.account, (await resume(at(stores.rao))).account);
    expect(grant?.status).toBe('ended');
    expect(await refusedToRao()).toBe('read-refused');
    // Every consent, and every end of one, stands in her log, once.
    const types = (await activityOf(meera)).map(({ operation }) => operation.type);
    for (const type of ['consent.give', 'consent.revoke'])
      expect(types.filter((one) => one === type)).toHaveLength(ROUNDS + 1);
    // Something was in the way at least once: otherwise nothing was shown.
    expect(finished).toBeLessThan(KILLS);
  });
});
