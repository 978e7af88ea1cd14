import { encodeCanonical, framed } from '@salus/base';
import { sealBox } from '@salus/schemes/keyless';
import { assign, assignedPatients, endAssignment, findColleague } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital, type Person } from '../src/hospital.ts';
import { refusal } from '../src/refusal.ts';
import { lyingOn } from '../src/ward.ts';

let hospital: Hospital;
let meera: Person;
let rao: Person;

beforeAll(async () => {
  hospital = await Hospital.open();
  meera = await hospital.patient('Meera Nair');
  rao = await hospital.doctor('Arjun Rao');
  await assign(hospital.operator, rao.device.account, meera.device.account);
});
afterAll(() => hospital.stop());

/** What a server can do: anybody may seal a box to the doctor. */
async function another(letter: { from: string; operation: string }) {
  const { boxKey } = rao.device.keys()!;
  const aad = framed('SALUS1/letter', letter.from, rao.device.account, letter.operation);
  const content = { salt: new Uint8Array(32), words: { text: '', name: 'Somebody Else', number: '000000' } };
  return sealBox(boxKey, encodeCanonical(content), aad, rao.device.random);
}

describe('a patient on a doctor’s list', () => {
  it('is known by the name and number that the operator sealed, until the assignment ends', async () => {
    const [assigned] = await assignedPatients(rao.device);
    expect(assigned).toMatchObject({
      account: meera.device.account,
      known: { name: 'Meera Nair', number: meera.number },
    });
    const other = await hospital.patient('Tara Das');
    await assign(hospital.operator, rao.device.account, other.device.account);
    await endAssignment(hospital.operator, rao.device.account, other.device.account);
    expect((await assignedPatients(rao.device)).map(({ account }) => account)).toEqual([meera.device.account]);
    expect(await assignedPatients(meera.device)).toEqual([]);
  });

  it('is no one else because the server sealed another introduction: it does not fit what the ledger has', async () => {
    const swap = async (reply: { letters: { from: string; operation: string; kind: string }[] }) => ({
      letters: await Promise.all(reply.letters.map(async (letter) => ({ ...letter, sealed: await another(letter) }))),
    });
    const [assigned] = await lyingOn(rao.device, 'letters', swap, () => assignedPatients(rao.device));
    expect(assigned).toMatchObject({ account: meera.device.account, known: undefined });
  });
});

describe('a colleague', () => {
  it('is found by their exact address, by doctors; patients and unknown addresses look alike', async () => {
    const shah = await hospital.doctor('Nila Shah');
    const found = await findColleague(rao.device, ` ${shah.email.toUpperCase()}`);
    expect(found).toEqual({ account: shah.device.account, role: 'doctor' });
    expect(await refusal(() => findColleague(rao.device, meera.email))).toBe('colleague-unknown');
    expect(await refusal(() => findColleague(rao.device, 'nobody@hospital.example'))).toBe('colleague-unknown');
    expect(await refusal(() => findColleague(meera.device, shah.email))).toBe('lookup-refused');
  });
});
