import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshScalar, oprfBlind, oprfEvaluate } from '@salus/schemes/keyless';
import {
  activityOf,
  Client,
  createAccount,
  findPatient,
  myRecord,
  readersOf,
  resume,
  revokeConsent,
  updateRecord,
  verifyLedger,
} from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital } from '../src/hospital.ts';
import { PASSWORD, patientProfile } from '../src/people.ts';
import { refusal } from '../src/refusal.ts';
import { add, consented, note, readAll } from '../src/sharing.ts';
import { lyingOn, openWard, type Ward } from '../src/ward.ts';

let ward: Ward;
beforeAll(async () => {
  ward = await openWard();
});
afterAll(() => ward.hospital.stop());

interface Events {
  total: number;
  events: { operation: Uint8Array; height: number; time: number }[];
}

describe('a node that hides an operation from a patient’s log', () => {
  it('is caught whichever it leaves out, also where it lowers the total', async () => {
    const { meera, rao } = ward;
    await readAll(rao.device, 'heart');
    const honest = await activityOf(meera.device);
    for (let hidden = 0; hidden < honest.length; hidden++) {
      const leavingOut = ({ total, events }: Events): Events => ({
        total: total - 1,
        events: events.filter((_, i) => i !== hidden),
      });
      expect(
        await refusal(() => lyingOn(meera.device, 'accountEvents', leavingOut, () => activityOf(meera.device))),
      ).toBe('proof-refused');
    }
  });

  it('is caught giving another order, one twice, or one of somebody else’s', async () => {
    const { meera, rao } = ward;
    const theirs = await rao.device.client.call('accountEvents', { from: 0 }, { account: rao.device.account });
    const lies: ((reply: Events) => Events)[] = [
      ({ total, events }) => ({ total, events: [...events].reverse() }),
      ({ total, events }) => ({ total: total + 1, events: [...events, events.at(-1)!] }),
      ({ total, events }) => ({ total, events: [theirs.events[0]! as Events['events'][0], ...events.slice(1)] }),
      () => ({ total: 0, events: [] }),
    ];
    for (const lie of lies)
      expect(await refusal(() => lyingOn(meera.device, 'accountEvents', lie, () => activityOf(meera.device)))).toMatch(
        /^(proof-refused|answer-dishonest)$/,
      );
  });
});

describe('a node that answers from before', () => {
  it('with a state that a device has seen go on is caught: a revoked reader does not come back', async () => {
    const { meera, rao, hospital } = ward;
    let old: unknown;
    const keep = (reply: unknown) => {
      old = reply;
      return reply;
    };
    await lyingOn(meera.device, 'state', keep, () => readersOf(meera.device, meera.device.account));
    await revokeConsent(meera.device, rao.device.account);
    const replay = () => readersOf(meera.device, meera.device.account);
    expect(await refusal(() => lyingOn(meera.device, 'state', () => old, replay))).toMatch(/answer-dishonest/);
    expect(await readersOf(meera.device, meera.device.account)).toEqual([]);
    await consented(hospital, rao.device, meera.device);
  });

  it('leaving out what was asked for is caught', async () => {
    const { meera } = ward;
    const without = ({ header }: { header: unknown }) => ({ header, entries: [] });
    expect(
      await refusal(() => lyingOn(meera.device, 'state', without, () => readersOf(meera.device, 'a'.repeat(32)))),
    ).toBe('answer-dishonest');
    expect(await refusal(() => lyingOn(meera.device, 'state', without, () => activityOf(meera.device)))).toBe(
      'answer-dishonest',
    );
  });

  it('with an older version of a record is caught by its owner and by its reader', async () => {
    const { meera, rao, hospital } = ward;
    const [{ record } = { record: '' }] = await add(meera.device, note('versioned one'));
    const stale = await meera.device.client.call('ownRecords', {});
    const { database } = hospital.node.context;
    await updateRecord(meera.device, record, note('versioned two'));
    expect(
      await refusal(() =>
        lyingOn(
          meera.device,
          'ownRecords',
          () => stale,
          () => myRecord(meera.device, record),
        ),
      ),
    ).toBe('answer-dishonest');
    // The node's own rows rolled back: what it serves to the doctor is not what the ledger says.
    const [newest] = await database
      .selectFrom('version')
      .selectAll()
      .where('record', '=', record)
      .where('version', '=', 2)
      .execute();
    await database.deleteFrom('version').where('operation', '=', newest!.operation).execute();
    expect(await refusal(() => readAll(rao.device, 'versioned'))).toBe('answer-dishonest');
    await database.insertInto('version').values(newest!).execute();
    expect(await readAll(rao.device, 'versioned')).toEqual(['versioned two']);
  });
});

describe('a ledger that was rolled back', () => {
  it('is caught when a device meets it again, and by the whole verification, though it verifies by itself', async () => {
    const hospital = await Hospital.open();
    const copies = await mkdtemp(join(tmpdir(), 'salus-copy-'));
    const ledger = join(hospital.home, 'node', 'ledger');
    try {
      const meera = await hospital.patient('Meera Nair');
      await hospital.restart(() => cp(ledger, join(copies, 'ledger'), { recursive: true }));
      await add(meera.device, note('written and then forgotten'));
      await verifyLedger(hospital.operator);
      await hospital.resumed(meera.store);
      await hospital.restart(async () => {
        await rm(ledger, { recursive: true });
        await cp(join(copies, 'ledger'), ledger, { recursive: true });
      });
      expect(await refusal(() => hospital.resumed(meera.store))).toBe('proof-refused');
      expect(await refusal(() => verifyLedger(hospital.operator))).toBe('proof-refused');
      // Nor does it help to write something else in its place, up to the same length and beyond.
      const eve = await hospital.patient('Eve Evans');
      await add(eve.device, note('in its place'), note('and beyond'));
      expect(await refusal(() => hospital.resumed(meera.store))).toMatch(/^(proof-refused|answer-dishonest)$/);
      expect(await refusal(() => verifyLedger(hospital.operator))).toMatch(/^(proof-refused|answer-dishonest)$/);
    } finally {
      await hospital.stop();
      await rm(copies, { recursive: true, force: true });
    }
  });
});

describe('another network', () => {
  it('under the address of the one a profile knows is refused before anything is told to it', async () => {
    const { meera } = ward;
    const other = await Hospital.open();
    try {
      const surroundings = { ...ward.hospital.surroundings(meera.store), node: other.url };
      expect(await refusal(() => resume(surroundings))).toBe('network-changed');
      const asked = await other.node.context.database.selectFrom('account').selectAll().execute();
      expect(asked).toEqual([]);
    } finally {
      await other.stop();
    }
  });
});

describe('a look-up answered under another key', () => {
  it('is refused: a node that evaluates it dishonestly learns and plants nothing', async () => {
    const { rao } = ward;
    const other = freshScalar(rao.device.random);
    const dishonest = (_: unknown, { query }: { query: Uint8Array }) => ({ part: oprfEvaluate(other, query) });
    const looking = () => findPatient(rao.device, { name: 'Meera Nair', birthDate: '1984-03-02' });
    expect(await refusal(() => lyingOn(rao.device, 'lookup', dishonest, looking))).toBe('look-up-unfaithful');
    const echoing = (_: unknown, { query }: { query: Uint8Array }) => ({ part: query });
    expect(await refusal(() => lyingOn(rao.device, 'lookup', echoing, looking))).toBe('look-up-unfaithful');
    const malformed = () => ({ part: new Uint8Array(48) });
    expect(await refusal(() => lyingOn(rao.device, 'lookup', malformed, looking))).toBe('point-unsound');
    // The query itself says nothing: the same fields twice are two unrelated points.
    const [one, two] = [1, 2].map(() => oprfBlind(['person', 'meera nair', '1984-03-02'], rao.device.random).query);
    expect(one).not.toEqual(two);
  });

  it('at registration leaves nobody registered', async () => {
    const { hospital } = ward;
    const call = Client.prototype.call as (this: unknown, ...given: unknown[]) => Promise<unknown>;
    const other = freshScalar(hospital.surroundings().random);
    Client.prototype.call = async function lying(this: unknown, ...given: unknown[]) {
      if (given[0] !== 'lookup') return call.apply(this, given);
      return { part: oprfEvaluate(other, (given[1] as { query: Uint8Array }).query) };
    } as never;
    try {
      const registering = createAccount(hospital.surroundings(), patientProfile('Nobody'), PASSWORD);
      await expect(registering).rejects.toMatchObject({ code: 'look-up-unfaithful' });
    } finally {
      Client.prototype.call = call as never;
    }
  });
});
