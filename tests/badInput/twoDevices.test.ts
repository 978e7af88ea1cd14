import { type Device, everythingShared, myRecord, openOwn, revokeConsent, searchWords, updateRecord } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital, type Person } from '../src/hospital.ts';
import { add, consented, note, readAll, textOf } from '../src/sharing.ts';

let hospital: Hospital;
let rao: Person;
beforeAll(async () => {
  hospital = await Hospital.open();
  rao = await hospital.doctor('Arjun Rao');
});
afterAll(() => hospital.stop());

const textIn = async (device: Device, record: string): Promise<string> => {
  const { content } = await openOwn(device, await myRecord(device, record));
  return textOf(content());
};

/** Both devices of a person save another text at once. */
async function bothSave(devices: [Device, Device], record: string, texts: [string, string]) {
  const outcomes = await Promise.allSettled(devices.map((device, i) => updateRecord(device, record, note(texts[i]!))));
  const won = outcomes.findIndex(({ status }) => status === 'fulfilled');
  expect(outcomes.filter(({ status }) => status === 'rejected')).toMatchObject([
    { reason: { code: 'record-conflict' } },
  ]);
  return { saved: texts[won]!, late: devices[1 - won]!, lost: texts[1 - won]! };
}

describe('two devices that edit one record at once', () => {
  it('get one version and one conflict, and the second edit goes in on top of the first', async () => {
    const meera = await hospital.patient('Meera Nair');
    const devices: [Device, Device] = [meera.device, await hospital.signIn(meera)];
    const [{ record } = { record: '' }] = await add(meera.device, note('as it was'));
    for (const round of ['first', 'second', 'third']) {
      const { saved, late, lost } = await bothSave(devices, record, [`${round} by one`, `${round} by the other`]);
      for (const device of devices) expect(await textIn(device, record)).toBe(saved);
      await updateRecord(late, record, note(lost));
      for (const device of devices) expect(await textIn(device, record)).toBe(lost);
    }
  });

  it('after somebody was cut off get one new generation, and readers who may still read find that one', async () => {
    const arun = await hospital.patient('Arun Das');
    const devices: [Device, Device] = [arun.device, await hospital.signIn(arun)];
    const [shah, bose] = [await hospital.doctor('Nila Shah'), await hospital.doctor('Ravi Bose')];
    await consented(hospital, shah.device, arun.device);
    await consented(hospital, bose.device, arun.device);
    const [{ record } = { record: '' }] = await add(arun.device, note('generation one'));
    await revokeConsent(arun.device, bose.device.account);
    const { saved, late, lost } = await bothSave(devices, record, ['generation by one', 'generation by the other']);
    for (const device of devices) expect(await textIn(device, record)).toBe(saved);
    // Entries of both generations are found; what is opened is the newest.
    expect((await searchWords(shah.device, ['generation'])).map(({ generation }) => generation).sort()).toEqual([1, 2]);
    expect(await readAll(shah.device, 'generation')).toEqual([saved]);
    await updateRecord(late, record, note(lost));
    expect(await readAll(shah.device, 'generation')).toEqual([lost]);
    expect(await everythingShared(shah.device)).toMatchObject({ complete: true });
  });

  it('add records at once without losing any, for the owner and for who reads', async () => {
    const person = await hospital.patient('Adds Twice');
    const devices: [Device, Device] = [person.device, await hospital.signIn(person)];
    await consented(hospital, rao.device, person.device);
    await Promise.all(devices.map((device, i) => add(device, ...[0, 1, 2].map((j) => note(`parallel ${i}${j}`)))));
    const expected = ['00', '01', '02', '10', '11', '12'].map((digits) => `parallel ${digits}`);
    expect(await readAll(rao.device, 'parallel')).toEqual(expected);
  });

  it('open to a new reader what one adds while the other consents, whichever comes first on the ledger, once', async () => {
    const person = await hospital.patient('Adds and Consents');
    const [one, other] = [person.device, await hospital.signIn(person)];
    const [shah, bose] = [(await hospital.doctor('Tara Shah')).device, (await hospital.doctor('Uma Bose')).device];
    await add(one, note('meanwhile before'));
    // All slots are made, and the consent is about to be written.
    before(one, 'submit', () => add(other, note('meanwhile added')));
    await consented(hospital, shah, one);
    expect(await readAll(shah, 'meanwhile')).toEqual(['meanwhile added', 'meanwhile before']);
    // Who may read was looked up, and the record is about to be sent.
    before(other, 'upload', () => consented(hospital, bose, one));
    await add(other, note('meanwhile late'));
    for (const reader of [shah, bose]) {
      expect(await readAll(reader, 'meanwhile')).toEqual(['meanwhile added', 'meanwhile before', 'meanwhile late']);
      const { found, complete } = await everythingShared(reader);
      expect([found.length, complete]).toEqual([3, true]);
    }
  });
});

/** Has something happen right before a device does a thing, the next time only. */
function before(device: Device, verb: 'submit' | 'upload', happens: () => Promise<unknown>): void {
  const usual = device[verb].bind(device) as (...given: unknown[]) => Promise<never>;
  device[verb] = (async (...given: unknown[]) => {
    device[verb] = usual as never;
    await happens();
    return usual(...given);
  }) as never;
}
