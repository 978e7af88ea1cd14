import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSalusError, type Random } from '@salus/base';
import { foundNode } from '@salus/node';
import { systemRandom } from '@salus/schemes/keyless';
import {
  activate,
  activityOf,
  Client,
  createAccount,
  type Device,
  enrolOperator,
  everythingShared,
  giveConsent,
  grantBetween,
  listRequests,
  MemoryStore,
  myRecords,
  newOperator,
  openFound,
  openOwn,
  type ProfileStore,
  requestAccess,
  resume,
  revokeConsent,
  type Surroundings,
  underGrants,
  updateRecord,
  verifyLedger,
  verifyRequest,
} from '@salus/sdk';
import { seededRandom } from '@salus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../src/clock.ts';
import { doctorProfile, emailOf, ORGANISATION, PASSWORD, patientProfile } from '../src/people.ts';
import { NodeProgram } from '../src/program.ts';
import { add, note, textOf } from '../src/sharing.ts';

const SEED = 'kill -9';
const KILLS = 10;
/** Calls to the node in a round before it dies: somewhere in the middle of what three people do. */
const CALLS_LEAST = 20;
const CALLS_MOST = 120;
/** Turns of the event loop that the request under way gets, at most. */
const TURNS_LIMIT = 60;

let home: string;
let node: NodeProgram;
let draw: (below: number) => number;
const stores: Record<'operator' | 'meera' | 'rao' | 'shah', ProfileStore> = {
  operator: new MemoryStore(),
  meera: new MemoryStore(),
  rao: new MemoryStore(),
  shah: new MemoryStore(),
};
let people: Record<keyof typeof stores, Device>;

/** What the node said is done, by record: the text of its newest acknowledged version, and one whose answer never came. */
const acknowledged = new Map<string, { text: string; perhaps?: string }>();
/** Reads and consents that it said are done. */
let reads = 0;
let consents = 0;

const surroundings = (store: ProfileStore): Surroundings => ({
  node: node.url,
  store,
  random: systemRandom,
  now: Date.now,
});

beforeAll(async () => {
  const random: Random = seededRandom(SEED);
  draw = (below) => new DataView(random(4).slice().buffer).getUint32(0) % below;
  home = await mkdtemp(join(tmpdir(), 'salus-kill-'));
  node = new NodeProgram(home);
  const { identity, operator } = await newOperator(ORGANISATION, emailOf('operator'), systemRandom);
  const config = { perMinute: 1_000_000, logLevel: 'warn' as const };
  await foundNode(home, { operator, organisation: ORGANISATION, time: Date.now(), random: systemRandom, config });
  await node.start();
  await enrolOperator(surroundings(stores.operator), identity, PASSWORD);
  for (const [who, profile] of [
    ['meera', patientProfile('Meera Nair')],
    ['rao', doctorProfile('Arjun Rao')],
    ['shah', doctorProfile('Nila Shah')],
  ] as const) {
    const { device } = await createAccount(surroundings(stores[who]), profile, PASSWORD);
    await activate(await resume(surroundings(stores.operator)), device.account);
  }
  await resumeAll();
  await askAndConsent(people.rao);
});
afterAll(async () => {
  await node.stop();
  await rm(home, { recursive: true, force: true });
});

/** Everybody as after a restart of their own device. */
async function resumeAll(): Promise<void> {
  const [operator, meera, rao, shah] = await Promise.all(
    (['operator', 'meera', 'rao', 'shah'] as const).map((who) => resume(surroundings(stores[who]))),
  );
  people = { operator: operator!, meera: meera!, rao: rao!, shah: shah! };
}

/** Goes on from wherever the last time was cut off. */
async function askAndConsent(doctor: Device): Promise<void> {
  const { meera, operator } = people;
  const open = (await listRequests(doctor)).find(({ status }) => ['waiting', 'verified'].includes(status));
  const request =
    open?.request ??
    (await requestAccess(doctor, {
      patient: meera.account,
      purpose: 'treatment',
      words: 'Again and again',
      groups: ['document'],
      until: Date.now() + 30 * DAY_MS,
    }));
  if (open?.status !== 'verified') await verifyRequest(operator, request);
  await giveConsent(meera, { request });
  consents++;
}

/** Until the node is gone: new records, and new versions of old ones. */
async function write(): Promise<void> {
  for (let i = 0; ; i++) {
    const text = `written ${acknowledged.size} ${i} ${'x'.repeat(draw(200_000))}`;
    const [known] = [...acknowledged].slice(draw(acknowledged.size + 1));
    if (!known || i % 3 < 2) {
      const [added] = await add(people.meera, note(text));
      acknowledged.set(added!.record, { text });
    } else {
      known[1].perhaps = text;
      await updateRecord(people.meera, known[0], note(text));
      acknowledged.set(known[0], { text });
    }
  }
}

/** Until the node is gone: everything that is shared, opened. */
async function read(): Promise<void> {
  for (;;) {
    const { found } = await everythingShared(people.rao);
    if (found.length === 0) await people.rao.client.call('head', {});
    else if ((await openFound(people.rao, found.slice(-3), 'treatment')).length > 0) reads++;
  }
}

/** Until the node is gone: a second doctor comes and goes. */
async function share(): Promise<void> {
  for (;;) {
    const grant = await grantBetween(people.meera, people.meera.account, people.shah.account);
    if (grant?.status === 'active') await revokeConsent(people.meera, people.shah.account);
    await askAndConsent(people.shah);
  }
}

/** Lets all three work until the node is killed in the middle of a call; anything else that goes wrong is a fault. */
async function workUntilKilled(): Promise<void> {
  const call = Client.prototype.call as (this: unknown, ...given: unknown[]) => Promise<unknown>;
  let left = CALLS_LEAST + draw(CALLS_MOST - CALLS_LEAST);
  const turns = draw(TURNS_LIMIT);
  Client.prototype.call = function counting(this: unknown, ...given: unknown[]) {
    if (--left === 0) void afterTurns(turns).then(node.kill);
    return call.apply(this, given);
  } as never;
  try {
    const outcomes = await Promise.allSettled([write(), read(), share()]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expectUnreachable(outcome.reason);
  } finally {
    Client.prototype.call = call as never;
  }
}

async function afterTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function expectUnreachable(reason: unknown): void {
  if (!isSalusError(reason, 'node-unreachable')) throw reason;
}

/** Every acknowledged record is there and opens, for its owner and for the doctor; what is not acknowledged is whole or absent. */
async function everythingIsThere(): Promise<void> {
  const { meera, rao } = people;
  const unreadable: string[] = [];
  const own = new Map<string, string>();
  for await (const record of myRecords(meera, ({ record: broken }) => unreadable.push(broken)))
    own.set(record.record, await textOf((await openOwn(meera, record)).content()));
  expect(unreadable).toEqual([]);
  for (const [record, { text, perhaps }] of acknowledged) {
    expect([text, perhaps]).toContain(own.get(record));
    acknowledged.set(record, { text: own.get(record)! });
  }
  const activity = await activityOf(meera);
  const committed = activity.filter(({ operation }) => operation.type === 'record.commit').length;
  // A commit whose answer never came stands with all its parts; none is half there.
  expect(own.size).toBe(committed);
  const ofReads = activity.filter(({ operation }) => operation.type === 'read.open').length;
  expect(ofReads).toBeGreaterThanOrEqual(reads);
  const ofConsents = activity.filter(({ operation }) => operation.type === 'consent.give').length;
  expect(ofConsents).toBeGreaterThanOrEqual(consents);
  const { found, complete } = await everythingShared(rao);
  expect(complete).toBe(true);
  // Entries of an upload that died before its commit lead nowhere, and keep nobody from the rest.
  const toOpen = await underGrants(rao, found);
  expect(new Set(toOpen.map(({ record }) => record))).toEqual(new Set(own.keys()));
}

describe('a node killed without warning', () => {
  it(`ten times in the middle of uploads, consents and reads, loses nothing that it acknowledged`, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      await workUntilKilled();
      await node.start();
      await resumeAll();
      await everythingIsThere();
      const { logSize } = await verifyLedger(people.operator);
      expect(logSize).toBeGreaterThan(0);
    }
    const health = await (await fetch(`${node.url}/health`)).json();
    expect(health).toMatchObject({ ok: true, lost: { accounts: 0, records: 0 } });
    // Something happened: otherwise nothing was shown.
    expect(acknowledged.size).toBeGreaterThan(KILLS);
    // The doctor opens all of them at the end, in one read, each in its newest generation.
    const { found, complete } = await everythingShared(people.rao);
    expect(complete).toBe(true);
    const newest = [...new Map(found.map((one) => [one.record, one])).values()];
    const opened = await openFound(people.rao, newest, 'treatment');
    const texts = new Map<string, string>();
    for (const { record, content } of opened) texts.set(record, await textOf(content()));
    for (const [record, { text }] of acknowledged) expect(texts.get(record)).toBe(text);
  });
});
