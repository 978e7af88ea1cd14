import { type Bytes, hex } from '@salus/base';
import { deviceKey } from '@salus/contracts';
import { acceptChannel, channelToken, EVERYTHING } from '@salus/schemes/holder';
import { entryLabel } from '@salus/schemes/keyless';
import { type Device, everythingShared } from '@salus/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Hospital, type Person } from '../src/hospital.ts';
import { cutAt } from '../src/intercepted.ts';
import { add, consented, note } from '../src/sharing.ts';

const MONTH = '2026-03';

let hospital: Hospital;
let meera: Person;
let patient: Device;
let rao: Person;
/** The patient's chain of everything as the node has it: one, two, head of both, three, head of all. */
let labels: Bytes[];

beforeAll(async () => {
  hospital = await Hospital.open();
  rao = await hospital.doctor('Arjun Rao');
  meera = await hospital.patient('Meera Nair');
  patient = meera.device;
  await consented(hospital, rao.device, patient);
  await add(patient, note('number one'), note('number two'));
  await add(patient, note('number three'));
  labels = await labelsOf(patient, 5);
});
afterAll(() => hospital.stop());

/** What the reader can compute, and a node that was given the label key in a search. */
async function labelsOf(author: Device, count: number): Promise<Bytes[]> {
  const { channels } = await rao.device.client.call('channels', {});
  const { channel, ...offer } = channels.find((one) => one.author === author.account)!;
  const { boxKey, boxSeed } = rao.device.keys()!;
  const verifyingKey = hospital.node.context.ledger.get(deviceKey(author.account, offer.device))!.key;
  const { k } = await acceptChannel({ ...offer, id: channel, recipientBoxKey: boxKey, boxSeed, verifyingKey });
  const { labelKey } = channelToken(k, MONTH, EVERYTHING);
  return Array.from({ length: count }, (_, i) => entryLabel(labelKey, i));
}

/** Runs while the node keeps these entries back; all of them must have been there. */
async function hiding<Result>(hidden: (Bytes | undefined)[], run: () => Promise<Result>): Promise<Result> {
  const { database } = hospital.node.context;
  const kept = await database
    .selectFrom('entry')
    .selectAll()
    .where('label', 'in', hidden as Bytes[])
    .execute();
  expect(kept).toHaveLength(hidden.length);
  await database
    .deleteFrom('entry')
    .where('label', 'in', hidden as Bytes[])
    .execute();
  try {
    return await run();
  } finally {
    await database.insertInto('entry').values(kept).execute();
  }
}

async function shown(): Promise<{ found: number; complete: boolean }> {
  const { found, complete } = await everythingShared(rao.device);
  return { found: found.length, complete };
}

describe('a node that keeps entries back', () => {
  // Each as a device that has seen nothing before.
  beforeEach(() => rao.store.delete('counts-seen'));

  it('is not suspected while it is honest', async () => {
    expect(await shown()).toEqual({ found: 3, complete: true });
  });

  it('hiding one label in the middle is noticed', async () => {
    expect(await hiding([labels[1]], shown)).toEqual({ found: 2, complete: false });
  });

  it('hiding the newest entry is noticed by the head behind it', async () => {
    expect(await hiding([labels[3]], shown)).toEqual({ found: 2, complete: false });
  });

  it('hiding every head is noticed: without one nothing is complete', async () => {
    expect(await hiding([labels[2], labels[4]], shown)).toEqual({ found: 3, complete: false });
  });

  it('hiding all entries, with or without the heads, is noticed', async () => {
    expect(await hiding([labels[0], labels[1], labels[3]], shown)).toEqual({ found: 0, complete: false });
    expect(await hiding(labels, shown)).toEqual({ found: 0, complete: false });
  });

  it('cutting the tail together with its head is noticed by who saw it once, and not by who never did', async () => {
    const tail = [labels[3], labels[4]];
    expect(await hiding(tail, shown)).toEqual({ found: 2, complete: true });
    expect(await shown()).toEqual({ found: 3, complete: true });
    expect(await hiding(tail, shown)).toEqual({ found: 2, complete: false });
  });

  it('giving one entry in the place of another is not believed', async () => {
    const { database } = hospital.node.context;
    const valueAt = async (label: Bytes) =>
      (await database.selectFrom('entry').select('value').where('label', '=', label).executeTakeFirstOrThrow()).value;
    const put = (label: Bytes, value: Bytes) =>
      database.updateTable('entry').set({ value }).where('label', '=', label).execute();
    const [first, second] = [await valueAt(labels[0]!), await valueAt(labels[1]!)];
    await put(labels[1]!, first);
    expect(await shown()).toEqual({ found: 2, complete: false });
    await put(labels[1]!, second);
  });
});

describe('a device that stops between reserving numbers and sending them', () => {
  it('goes on without a gap, its reader finds everything, and no label has stood for two things', async () => {
    const stood = new Map<string, string>();
    const uploads = [
      await cutAt(patient, 'putRecords', () => add(patient, note('never sent')), 'before'),
      await cutAt(patient, 'putRecords', () => add(patient, note('answer lost')), 'behind'),
      await cutAt(patient, 'putRecords', () => add(patient, note('answer lost again')), 'behind'),
    ];
    await add(patient, note('goes on'));
    expect(await shown()).toEqual({ found: 6, complete: true });
    // What the node was ever given: a label of a request that never arrived stood for nothing.
    const stored = await hospital.node.context.database.selectFrom('entry').selectAll().execute();
    for (const { label, value } of stored) stood.set(hex(label), hex(value));
    expect(stood.size).toBe(stored.length);
    for (const { label, value } of uploads.slice(1).flatMap(({ entries }) => entries))
      expect(stood.get(hex(label as Bytes))).toBe(hex(value as Bytes));
  });
});

describe('two readers of one record', () => {
  it('never share a search label, nor do two devices of one author', async () => {
    const shah = await hospital.doctor('Nila Shah');
    await consented(hospital, shah.device, patient);
    const phone = await hospital.signIn(meera);
    const uploads = [
      await cutAt(patient, 'putRecords', () => add(patient, note('seen by both')), 'behind'),
      await cutAt(phone, 'putRecords', () => add(phone, note('seen by both')), 'behind'),
    ];
    const all = uploads.flatMap(({ entries }) => entries.map(({ label }) => hex(label as Bytes)));
    expect(all.length).toBeGreaterThan(20);
    expect(new Set(all).size).toBe(all.length);
    expect(uploads.flatMap(({ channels }) => channels.map(({ channel }) => channel)).length).toBe(4);
  });
});
