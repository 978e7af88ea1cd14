import { isSalusError } from '@salus/base';
import {
  activityOf,
  cloudStatus,
  findPatient,
  listRequests,
  myRecord,
  myRecords,
  openOwn,
  readersOf,
  resume,
  searchDelegated,
  verifyLedger,
  whoAmI,
} from '@salus/sdk';
import { Dice, hostileInputs } from '@salus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../src/refusal.ts';
import { add, note, readAll, textOf } from '../src/sharing.ts';
import { openWard, TOPIC, type Ward } from '../src/ward.ts';

/** One costs what thirty inputs of a route cost, the checks in between included. */
const COUNT = Math.ceil(Number(process.env.SALUS_HOSTILE ?? 6_000) / 30);
/** After so many everything is done once more with honest answers. */
const CHECK_EVERY = 50;
const STATUSES = [200, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503];

let ward: Ward;
beforeAll(async () => {
  ward = await openWard();
});
afterAll(() => ward.hospital.stop());

const patient = () => ward.meera.device;
const doctor = () => ward.rao.device;

/** What people do, each by itself. */
const deeds: Record<string, () => Promise<unknown>> = {
  'asking who one is': () => whoAmI(patient()),
  'listing records': () => listed(myRecords(patient())),
  'opening an own record': async () =>
    textOf((await openOwn(patient(), await myRecord(patient(), ward.records.skin))).content()),
  'adding a record': () => add(patient(), note('one more', { topics: [TOPIC] })),
  'seeing who may open': () => readersOf(patient(), patient().account),
  'seeing who looked': () => activityOf(patient()),
  'listing requests': () => listRequests(doctor()),
  'finding a patient': async () => findPatient(doctor(), { number: (await whoAmI(patient())).number }),
  'searching and opening': () => readAll(doctor(), 'murmur'),
  'searching what was shared': () => searchDelegated(ward.shah.device, TOPIC),
  'coming back': async () => whoAmI(await resume(ward.hospital.surroundings(ward.rao.store))),
  'verifying the ledger': () => verifyLedger(ward.hospital.operator),
  'looking at the clouds': () => cloudStatus(ward.hospital.operator),
};

async function listed<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const whole: Item[] = [];
  for await (const item of items) whole.push(item);
  return whole;
}

const genuine = globalThis.fetch;

/** Does something while one answer, by its turn, is something else. Gives how many answers there were. */
async function withAnswer(turn: number, alter: (answer: Response) => Promise<Response>, run: () => Promise<unknown>) {
  let answers = 0;
  globalThis.fetch = async (...given) => {
    const answer = await genuine(...given);
    return answers++ === turn ? alter(answer) : answer;
  };
  try {
    await run();
  } finally {
    globalThis.fetch = genuine;
  }
  return answers;
}

async function altered(answer: Response, seed: string): Promise<Response> {
  const dice = new Dice(seed);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const body = hostileInputs([bytes], seed).next().value as Uint8Array<ArrayBuffer>;
  const type =
    dice.below(20) === 0 ? dice.pick(['application/json', 'text/html', '']) : answer.headers.get('content-type');
  return new Response(body, {
    status: dice.below(10) === 0 ? dice.pick(STATUSES) : answer.status,
    headers: type ? { 'content-type': type } : {},
  });
}

describe('somebody between a node and a device', () => {
  it.each(['{"error":"Bad Gateway"}', 'null', '{"code":"x","message":"<b>","fix":[],"facts":{}}', '<html>'])(
    'who says %s is no answer of the node',
    async (body) => {
      const between = async () => new Response(body, { status: 502, headers: { 'content-type': 'application/json' } });
      expect(await refusal(() => withAnswer(0, between, deeds['asking who one is']!))).toBe('node-unreachable');
    },
  );
});

describe('a node that answers anything', () => {
  it(
    `${COUNT} times, gives a device an error of ours or nothing worse, and never breaks it for good`,
    async () => {
      const counts = new Map<string, number>();
      const everything = async () => {
        for (const [name, deed] of Object.entries(deeds)) counts.set(name, await withAnswer(-1, async (a) => a, deed));
      };
      await everything();
      const outcomes = new Set<string>();
      for (let run = 0; run < COUNT; run++) {
        const seed = `answer ${run}`;
        const dice = new Dice(seed);
        const name = dice.pick(Object.keys(deeds));
        const turn = dice.below(counts.get(name)!);
        let outcome = 'done';
        try {
          await withAnswer(turn, (answer) => altered(answer, seed), deeds[name]!);
        } catch (thrown) {
          if (!isSalusError(thrown))
            throw new Error(`${name}, answer ${turn} of seed ${seed}: ${(thrown as Error)?.stack ?? thrown}`);
          expect(thrown.code, `${name}, answer ${turn} of seed ${seed}`).toMatch(/^[a-z]+(-[a-z]+)*$/);
          outcome = thrown.code;
        }
        outcomes.add(outcome);
        if (run % CHECK_EVERY === CHECK_EVERY - 1) await everything();
      }
      expect(outcomes.size).toBeGreaterThan(3);
    },
    120_000 + COUNT * 1_000,
  );
});
