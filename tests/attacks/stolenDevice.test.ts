import { newId } from '@salus/base';
import { deviceKey } from '@salus/contracts';
import { openOwnerBox } from '@salus/schemes/holder';
import { verifyingKeyOf } from '@salus/schemes/keyless';
import { type Device, logIn, myRecord, myRecords, revokeDevice, whoAmI } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../src/hospital.ts';
import { codeOf, sendValue, sessionRequest, tokenOf } from '../src/http.ts';
import { emailOf, PASSWORD } from '../src/people.ts';
import { refusal } from '../src/refusal.ts';
import { add, note } from '../src/sharing.ts';
import { openWard, type Ward } from '../src/ward.ts';

let ward: Ward;
let person: Person;
let thief: Device;
let before: { code: Uint8Array; token: string; root: Uint8Array };
let owner: Device;

beforeAll(async () => {
  ward = await openWard();
  const { hospital } = ward;
  person = await hospital.patient('Loses A Phone');
  await add(person.device, note('from before the theft'));
  thief = await hospital.signIn(person);
  before = { code: person.code, token: await tokenOf(thief), root: thief.root };
  ({ device: owner } = await revokeDevice(person.device, thief.identity.device.id, PASSWORD));
});
afterAll(() => ward.hospital.stop());

const adding = async (device: Device) => ({ id: newId(device.random), key: await verifyingKeyOf(device.random(32)) });

describe('a stolen device that was revoked', () => {
  it('adds no device: not by itself, by its session, nor by the keyring’s old sign-in device', async () => {
    const { hospital } = ward;
    const { bytes } = await thief.operation('device.add', { device: await adding(thief) });
    expect(codeOf(await sendValue(hospital.url, '/operations', { operations: [bytes] }, before.token))).toBe(
      'session-expired',
    );
    expect(await refusal(() => owner.client.call('submit', { operations: [bytes] }))).toBe('signer-revoked');
    const signIn = { account: thief.account, device: thief.identity.keyring.signIn };
    expect(codeOf(await sendValue(hospital.url, '/session', await sessionRequest(thief, signIn)))).toBe(
      'session-refused',
    );
  });

  it('signs in anew with nothing it knows: the account code has changed, the password alone opens nothing', async () => {
    const again = (code: Uint8Array) =>
      refusal(() => logIn(ward.hospital.surroundings(), emailOf('Loses A Phone'), PASSWORD, code));
    expect(await again(before.code)).toBe('code-wrong');
    const phone = await logIn(ward.hospital.surroundings(), emailOf('Loses A Phone'), PASSWORD, owner.identity.code);
    expect((await whoAmI(phone)).account).toBe(owner.account);
    expect((await myRecord(phone, (await add(phone, note('a new phone')))[0]!.record)).card.title).toBe('a new phone');
  });

  it('reads nothing that is sealed from then on: its root is the old one', async () => {
    const [added] = await add(owner, note('from behind the theft'));
    const { records } = await owner.client.call('ownRecords', {});
    const listed = records.find(({ record }) => record === added!.record)!;
    const name = { record: listed.record, group: 'document', generation: 1 };
    expect(await openOwnerBox(before.root, name, listed.ownerBox)).toBeUndefined();
    expect(await openOwnerBox(owner.root, name, listed.ownerBox)).toBeDefined();
    expect(owner.keys()!.boxKey).not.toEqual(thief.keys()!.boxKey);
    for (const { ownerBox, ...known } of records)
      expect(await openOwnerBox(before.root, known, ownerBox), 'owner’s boxes are sealed again').toBeUndefined();
  });

  it('leaves the owner with everything', async () => {
    const titles: string[] = [];
    for await (const { card } of myRecords(owner)) titles.push(card.title);
    expect(titles).toContain('from before the theft');
  });

  it('takes along what it added since it is distrusted', async () => {
    const victim = await ward.hospital.patient('Notices Late');
    const phone = await ward.hospital.signIn(victim);
    const planted = await adding(phone);
    const { height } = await phone.submit('device.add', { device: planted });
    await victim.device.submit('device.revoke', { device: phone.identity.device.id, since: height });
    expect(
      ward.hospital.node.context.ledger.get(deviceKey(victim.device.account, planted.id))!.revokedAt,
    ).toBeGreaterThan(0);
  });
});
