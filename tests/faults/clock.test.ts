import { LIMITS } from '@salus/api';
import { parseHeader } from '@salus/ledger';
import {
  answerRead,
  type CommittedRead,
  cloudStatus,
  commitRead,
  giveConsent,
  prepareRead,
  repairClouds,
  resume,
  revokeConsent,
  searchDelegated,
  searchWords,
  underGrants,
  updateRecord,
  verifyLedger,
} from '@salus/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Clock, DAY_MS } from '../src/clock.ts';
import { FaultyStores } from '../src/faultyStores.ts';
import { Hospital, type Person } from '../src/hospital.ts';
import { sendValue, sessionRequest, tokenOf } from '../src/http.ts';
import { refusal } from '../src/refusal.ts';
import { add, consented, delegated, note, readAll, verifiedRequest } from '../src/sharing.ts';
import { openWard, TOPIC, type Ward } from '../src/ward.ts';

const HOUR_MS = 3_600_000;

let ward: Ward;
beforeEach(async () => {
  ward = await openWard();
});
afterEach(() => ward.hospital.stop());

/** How clocks go wrong: while the node runs, or while it is down. */
const setBack: [string, (byMs: number) => Promise<void>][] = [
  [
    'while the node runs',
    async (byMs) => {
      ward.hospital.clock.advance(-byMs);
      // Every call looks at the time; here one does right away.
      ward.hospital.node.context.now();
    },
  ],
  ['while the node is down', (byMs) => ward.hospital.restart(async () => ward.hospital.clock.advance(-byMs))],
];

/** A read by the doctor that is written down and not answered yet. */
async function writtenDown({ rao }: Ward): Promise<CommittedRead> {
  const asked = await underGrants(rao.device, await searchWords(rao.device, ['heart']));
  const read = await prepareRead(rao.device, asked, 'treatment');
  await commitRead(rao.device, read);
  return read;
}

const pass = (byMs: number) => ward.hospital.clock.advance(byMs);

describe.each(setBack)('a node’s clock set back %s', (_, back) => {
  it('by an hour and then a day: block time goes on, and everything works and verifies', async () => {
    const { hospital, meera, rao, shah, records } = ward;
    for (const [i, byMs] of [HOUR_MS, DAY_MS].entries()) {
      await back(byMs);
      await add(meera.device, note(`heart after ${i}`, { topics: [TOPIC] }));
      await updateRecord(meera.device, records.skin, note(`skin after ${i}`));
      expect(await readAll(rao.device, 'heart')).toContain(`heart after ${i}`);
      const covered = await searchDelegated(shah.device, TOPIC);
      expect(new Set(covered.map(({ record }) => record)).size).toBe(2 + i);
      await revokeConsent(meera.device, rao.device.account);
      expect(await refusal(() => readAll(rao.device, 'heart'))).toBe('read-refused');
      await consented(hospital, rao.device, meera.device);
      await hospital.patient(`Comes after ${i}`);
      await delegated(hospital, rao.device, shah.device, TOPIC);
    }
    const { ledger } = hospital.node.context;
    let last = 0;
    for (let height = 1; height <= ledger.head().height; height++) {
      const { time } = parseHeader(ledger.header(height)!).header;
      expect(time).toBeGreaterThan(last);
      last = time;
    }
    await verifyLedger(hospital.operator);
  });

  it('keeps no session, challenge or written-down read good for longer', async () => {
    const { hospital, meera, rao } = ward;
    const token = await tokenOf(meera.device);
    const challenged = await sessionRequest(meera.device, meera.device.identity);
    const read = await writtenDown(ward);
    await back(DAY_MS);
    // At half speed the limits are twice as long, not a day longer.
    pass(2 * LIMITS.answerMs + 5_000);
    expect(await refusal(() => answerRead(rao.device, read))).toBe('read-stale');
    expect(await sendValue(hospital.url, '/session', challenged)).toMatchObject({ body: { code: 'session-refused' } });
    pass(2 * LIMITS.sessionIdleMs);
    expect(await sendValue(hospital.url, '/ledger/state', { keys: ['account'] }, token)).toMatchObject({
      body: { code: 'session-expired' },
    });
    expect(await readAll(rao.device, 'heart')).toEqual(['heart murmur']);
  });

  it('gives no consent and no sharing back that has ended', async () => {
    const { rao, shah, meera, hospital } = ward;
    pass(8 * DAY_MS);
    expect(await searchDelegated(shah.device, TOPIC)).toEqual([]);
    pass(300 * DAY_MS);
    await add(meera.device, note('makes a block'));
    expect(await refusal(() => readAll(rao.device, 'heart'))).toBe('read-refused');
    await back(30 * DAY_MS);
    expect(await refusal(() => readAll(rao.device, 'heart'))).toBe('read-refused');
    expect(await searchDelegated(shah.device, TOPIC)).toEqual([]);
    await consented(hospital, rao.device, meera.device);
    expect(await readAll(rao.device, 'heart')).toEqual(['heart murmur']);
  });
});

describe('a device’s clock', () => {
  const wrongBy = async (person: Person, byMs: number) => {
    const clock = new Clock(ward.hospital.clock.now() + byMs);
    return resume({ ...ward.hospital.surroundings(person.store), now: clock.now });
  };

  it('set back by forty days: what it adds is found by others, and it finds what they added', async () => {
    const { meera, rao } = ward;
    await add(await wrongBy(meera, -40 * DAY_MS), note('heart of the past', { topics: [TOPIC] }));
    expect(await readAll(rao.device, 'heart')).toEqual(['heart murmur', 'heart of the past']);
    expect(await readAll(await wrongBy(rao, -40 * DAY_MS), 'heart')).toEqual(['heart murmur', 'heart of the past']);
    expect(await searchDelegated(ward.shah.device, TOPIC)).toHaveLength(2);
  });

  it('ahead by twenty days leaves nobody out whom the ledger lets read', async () => {
    const { hospital, meera, shah } = ward;
    const request = await verifiedRequest(hospital, shah.device, meera.device);
    await giveConsent(meera.device, { request, until: hospital.clock.now() + 10 * DAY_MS });
    await add(await wrongBy(meera, 20 * DAY_MS), note('heart of the future'));
    expect(await readAll(shah.device, 'heart')).toEqual(['heart murmur', 'heart of the future'].sort());
  });
});

describe('the machine’s clock set back under a running node', () => {
  it('keeps no store and no caller waiting for as long as it went back', async () => {
    const faulty = new FaultyStores();
    const hospital = await Hospital.open({ perMinute: 60, storeTimeoutMs: 2_000 }, { aroundStore: faulty.around });
    const realNow = Date.now;
    try {
      faulty.at(1).fault = 'gone';
      await cloudStatus(hospital.operator);
      vi.spyOn(Date, 'now').mockImplementation(() => realNow() - DAY_MS);
      faulty.heal();
      const { clouds } = hospital.node.context;
      // Nobody asks it: it comes back when its second is over.
      while (!(await clouds.status()).stores[0]!.reachable) await new Promise((resolve) => setImmediate(resolve));
      expect(await repairClouds(hospital.operator)).toMatchObject({ failed: 0 });
    } finally {
      vi.restoreAllMocks();
      await hospital.stop();
    }
  });
});
