import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSalusError, type Random } from '@salus/base';
import { foundNode } from '@salus/node';
import { systemRandom } from '@salus/schemes/keyless';
import {
  activate,
  activityOf,
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
  openRecords,
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
import { atMoment, type Moment, SIGNS } from '../src/killMoment.ts';
import { doctorProfile, emailOf, ORGANISATION, PASSWORD, patientProfile } from '../src/people.ts';
import { add, note, textOf } from '../src/sharing.ts';
import { WaitingNode } from '../src/waitingNode.ts';

const SEED = process.env.SALUS_SEED ?? 'kill -9';
const KILLS = 50;
/** Two or three seconds each; on a machine with other work some times as much. */
const TIMEOUT_MS = KILLS * 30_000;
/** Signs of each kind before the node dies: from the first to somewhere in the middle of what three people do. */
const SIGNS_MOST = { request: 40, answer: 6, block: 9, row: 30, piece: 40 };
/** Turns of the event loop behind the sign, at most: the node works on. */
const TURNS_LIMIT = 60;
/** Every so many kills all records are opened; between them those that were being written. */
const ALL_EVERY = 10;
/** What must have been cut off in its middle. */
const ROUTES = ['putChunks', 'putRecords', 'putSlots', 'submit', 'openRecords', 'fetchChunks'];

let home: string;
let node: WaitingNode;
let draw: (below: number) => number;
const stores: Record<'operator' | 'meera' | 'rao' | 'shah', ProfileStore> = {
  operator: new MemoryStore(),
  meera: new MemoryStore(),
  rao: new MemoryStore(),
  shah: new MemoryStore(),
};
let people: Record<keyof typeof stores, Device>;

/** What the node said is done, by record: the text of its newest acknowledged version, and one whose answer never came. */
const acknowledged = new Map<string, { text: string; perhaps?: string; touched: boolean }>();
/** Reads and consents that it said are done. */
let reads = 0;
let consents = 0;
/** Consents of which all records were opened after a kill. */
let wholeConsents = 0;
/** The second doctor's consent, as far as the node answered, and the records that were there when it was being given. */
let shared: { stands: boolean | undefined; records: string[] } = { stands: false, records: [] };

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
  node = new WaitingNode(home);
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

/** A few kilobytes mostly, now and then some megabytes: several pieces, several requests. */
const sizeNow = () => (draw(8) === 0 ? 1_000_000 + draw(1_000_000) : draw(40_000));

/** Until the node is gone: new records, and new versions of old ones. */
async function write(): Promise<void> {
  for (let i = 0; ; i++) {
    const text = `written ${acknowledged.size} ${i} ${'x'.repeat(sizeNow())}`;
    const [known] = [...acknowledged].slice(draw(acknowledged.size + 1));
    if (!known || i % 3 < 2) {
      const [added] = await add(people.meera, note(text));
      acknowledged.set(added!.record, { text, touched: true });
    } else {
      Object.assign(known[1], { perhaps: text, touched: true });
      await updateRecord(people.meera, known[0], note(text));
      acknowledged.set(known[0], { text, touched: true });
    }
  }
}

/** Until the node is gone: some of what is shared, opened. */
async function read(): Promise<void> {
  for (;;) {
    const { found } = await everythingShared(people.rao);
    const toOpen = await underGrants(people.rao, found);
    if (toOpen.length === 0) continue;
    for (const { content } of await openRecords(people.rao, toOpen.slice(-3), 'treatment')) {
      await textOf(content());
      reads++;
    }
  }
}

/** Until the node is gone: a second doctor comes and goes. */
async function share(): Promise<void> {
  for (;;) {
    const grant = await grantBetween(people.meera, people.meera.account, people.shah.account);
    shared.stands = undefined;
    if (grant?.status === 'active') await revokeConsent(people.meera, people.shah.account);
    shared = { stands: false, records: [...acknowledged.keys()] };
    const consent = askAndConsent(people.shah);
    shared.stands = undefined;
    await consent;
    shared.stands = true;
  }
}

/** Lets all three work until the node is killed; anything else that goes wrong is a fault. Gives what was being called. */
async function workUntilKilled(moment: Moment): Promise<string[]> {
  const { interrupted, stop } = atMoment(home, moment, () => void node.kill());
  try {
    const outcomes = await Promise.allSettled([write(), read(), share()]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expectUnreachable(outcome.reason);
    await node.kill();
  } finally {
    stop();
  }
  return interrupted;
}

function expectUnreachable(reason: unknown): void {
  if (!isSalusError(reason, 'node-unreachable')) throw reason;
}

/** Every acknowledged record is there and opens, for its owner and for the doctor; what is not acknowledged is whole or absent. */
async function everythingIsThere(all: boolean): Promise<void> {
  const { meera, rao } = people;
  const unreadable: string[] = [];
  const own = new Set<string>();
  for await (const record of myRecords(meera, ({ record: broken }) => unreadable.push(broken))) {
    own.add(record.record);
    const known = acknowledged.get(record.record);
    if (known && !known.touched && !all) continue;
    const text = await textOf((await openOwn(meera, record)).content());
    if (known) expect([known.text, known.perhaps]).toContain(text);
    acknowledged.set(record.record, { text, touched: false });
  }
  expect(unreadable).toEqual([]);
  for (const record of acknowledged.keys()) expect(own).toContain(record);
  const activity = await activityOf(meera);
  const count = (type: string) => activity.filter(({ operation }) => operation.type === type).length;
  // A commit whose answer never came stands with all its parts; none is half there.
  expect(own.size).toBe(count('record.commit'));
  expect(
    activity.flatMap(({ operation }) => (operation.type === 'read.open' ? operation.body.reads : [])).length,
  ).toBeGreaterThanOrEqual(reads);
  expect(count('consent.give')).toBeGreaterThanOrEqual(consents);
  const { found, complete } = await everythingShared(rao);
  expect(complete).toBe(true);
  // Entries of an upload that died before its commit lead nowhere, and keep nobody from the rest.
  const toOpen = await underGrants(rao, found);
  expect(new Set(toOpen.map(({ record }) => record))).toEqual(own);
}

/** The second doctor's consent stands with all its slots, or does not stand. */
async function consentIsWhole(): Promise<void> {
  const { meera, shah } = people;
  const grant = await grantBetween(meera, meera.account, shah.account);
  const stands = grant?.status === 'active';
  if (shared.stands !== undefined) expect(stands).toBe(shared.stands);
  if (!stands || shared.records.length === 0) return;
  const { found } = await everythingShared(shah);
  const opened = await openFound(shah, found, 'treatment');
  const theirs = new Set(opened.map(({ record }) => record));
  for (const record of shared.records) expect(theirs).toContain(record);
  wholeConsents++;
}

/** Anything, at first; towards the end, calls that no kill has met yet. */
function momentOf(kill: number, interrupted: readonly string[]): Moment {
  const rare = kill < KILLS - 2 * ROUTES.length ? undefined : ROUTES.find((route) => !interrupted.includes(route));
  if (rare) return { sign: 'request', count: 1, turns: draw(4), route: rare };
  const sign = SIGNS[kill % SIGNS.length]!;
  return { sign, count: 1 + draw(SIGNS_MOST[sign]), turns: draw(TURNS_LIMIT) };
}

describe('a node killed without warning', () => {
  it(
    `${KILLS} times in the middle of uploads, consents and reads, loses nothing that it acknowledged (seed: ${SEED})`,
    async () => {
      const interrupted: string[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        interrupted.push(...(await workUntilKilled(momentOf(kill, interrupted))));
        await node.start();
        await resumeAll();
        await everythingIsThere((kill + 1) % ALL_EVERY === 0);
        await consentIsWhole();
        const { logSize } = await verifyLedger(people.operator);
        expect(logSize).toBeGreaterThan(0);
      }
      const health = await (await fetch(`${node.url}/health`)).json();
      expect(health).toMatchObject({ ok: true, lost: { accounts: 0, records: 0 } });
      // Something happened, and was cut off in its middle: otherwise nothing was shown.
      expect(acknowledged.size).toBeGreaterThan(KILLS / 4);
      expect(wholeConsents).toBeGreaterThan(0);
      for (const route of ROUTES) expect(interrupted).toContain(route);
      // The doctor opens all of them at the end, in one read, each in its newest generation.
      const { found, complete } = await everythingShared(people.rao);
      expect(complete).toBe(true);
      const newest = [...new Map(found.map((one) => [one.record, one])).values()];
      const opened = await openFound(people.rao, newest, 'treatment');
      const texts = new Map<string, string>();
      for (const { record, content } of opened) texts.set(record, await textOf(content()));
      for (const [record, { text }] of acknowledged) expect(texts.get(record)).toBe(text);
    },
    TIMEOUT_MS,
  );
});
