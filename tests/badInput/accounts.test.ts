import {
  createAccount,
  logIn,
  MemoryStore,
  readCode,
  rejectAccount,
  resumeAccount,
  showCode,
  suspend,
} from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { footprint } from '../src/footprint.ts';
import { Hospital } from '../src/hospital.ts';
import { doctorProfile, emailOf, PASSWORD, patientProfile } from '../src/people.ts';
import { refusal } from '../src/refusal.ts';
import { add, note } from '../src/sharing.ts';

let hospital: Hospital;
beforeAll(async () => {
  hospital = await Hospital.open();
});
afterAll(() => hospital.stop());

const registering = (profile: unknown) => refusal(() => createAccount(hospital.surroundings(), profile, PASSWORD));

describe('a second registration', () => {
  it('of the same person is refused, whatever address and spelling they give', async () => {
    await hospital.patient('Meera Nair');
    const before = await footprint(hospital.node.context);
    const again = { ...patientProfile('Meera Nair'), email: 'other@hospital.example' };
    expect(await registering(again)).toBe('already-registered');
    expect(await registering({ ...again, name: '  meera   NAIR ' })).toBe('already-registered');
    expect(await footprint(hospital.node.context)).toEqual(before);
  });

  it('under an address that somebody has is refused', async () => {
    const { email } = patientProfile('Meera Nair');
    expect(await registering({ ...patientProfile('Arun Das'), email: ` ${email.toUpperCase()} `.trim() })).toBe(
      'email-taken',
    );
  });

  it('by two devices at once leaves one account', async () => {
    const profile = patientProfile('Both At Once');
    const outcomes = await Promise.allSettled(
      [profile, { ...profile, email: 'second@hospital.example' }].map((one) =>
        createAccount(hospital.surroundings(), one, PASSWORD),
      ),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'already-registered' },
    });
  });

  it('is allowed to who was rejected, under the same or another address', async () => {
    const person = await hospital.register(doctorProfile('Rejected First'), false);
    await rejectAccount(hospital.operator, person.device.account, 'The licence does not fit the name.');
    expect(await refusal(() => person.device.client.call('delegations', {}))).toBe('account-closed');
    const again = await hospital.register(doctorProfile('Rejected First'));
    expect(again.device.account).not.toBe(person.device.account);
  });

  it('on a profile that somebody uses is refused before anything is sent', async () => {
    const { store } = await hospital.patient('Uses This');
    const other = { ...hospital.surroundings(store) };
    expect(await refusal(() => createAccount(other, patientProfile('Somebody Else'), PASSWORD))).toBe(
      'already-signed-in',
    );
  });

  it('lacking a field, or with one that cannot be, is refused with the name of the field', async () => {
    const good = doctorProfile('Never Registered');
    for (const wrong of [{ licence: ' ' }, { email: 'nobody' }, { birthDate: '2026-02-30' }, { name: 'x'.repeat(121) }])
      await expect(createAccount(hospital.surroundings(), { ...good, ...wrong }, PASSWORD)).rejects.toMatchObject({
        code: 'profile-incomplete',
        facts: { field: Object.keys(wrong)[0] },
      });
  });
});

describe('a sign-in', () => {
  const signIn = (email: string, password: string, code: Uint8Array) =>
    refusal(() => logIn(hospital.surroundings(), email, password, code));

  it('with a wrong password, an unknown address or a wrong code is refused and adds no device', async () => {
    const { email, code } = await hospital.patient('Signs In');
    const before = await footprint(hospital.node.context);
    expect(await signIn(email, 'a wrong password', code)).toBe('login-refused');
    expect(await signIn('nobody@hospital.example', PASSWORD, code)).toBe('login-refused');
    expect(await signIn(email, PASSWORD, hospital.surroundings().random(16))).toBe('code-wrong');
    expect(await footprint(hospital.node.context)).toEqual(before);
  });

  it('with a mistyped code is refused before anything is sent', async () => {
    const { code } = await hospital.patient('Mistypes');
    const shown = showCode(code);
    const wrong = shown[0] === '0' ? '1' : '0';
    expect(await refusal(async () => readCode(`${wrong}${shown.slice(1)}`))).toBe('code-malformed');
    expect(await refusal(async () => readCode(shown.slice(1)))).toBe('code-malformed');
    expect(readCode(shown.toUpperCase().replaceAll('-', ' '))).toEqual(code);
  });

  it('may not follow another answer: a started login is finished once, and within two minutes', async () => {
    const { email, code } = await hospital.patient('Finishes Late');
    const surroundings = hospital.surroundings(new MemoryStore());
    const device = await hospital.signIn({ email, code } as never);
    const handle = surroundings.random(32);
    const started = await device.client.call('startLogin', { handle, request: 'AAAA' }).catch((thrown) => thrown);
    expect(started).toMatchObject({ code: 'login-refused' });
    expect(await refusal(() => device.client.call('finishLogin', { login: '0'.repeat(32), request: 'AAAA' }))).toBe(
      'login-refused',
    );
  });
});

describe('an account', () => {
  it('that waits may look at itself and do nothing else', async () => {
    const { device } = await hospital.register(patientProfile('Waits'), false);
    expect(await device.client.call('me', {})).toMatchObject({ status: 'waiting' });
    expect(await refusal(() => add(device, note('too early')))).toBe('account-waiting');
    expect(await refusal(() => device.client.call('assignments', {}))).toBe('account-waiting');
    expect(await refusal(() => device.submit('consent.revoke', { reader: device.account }))).toBe('account-not-active');
  });

  it('that is suspended may do nothing until it is resumed', async () => {
    const { device } = await hospital.patient('Suspended');
    await suspend(hospital.operator, device.account, 'An inquiry.');
    expect(await refusal(() => device.client.call('delegations', {}))).toBe('account-closed');
    await resumeAccount(hospital.operator, device.account);
    expect(await add(device, note('back again'))).toHaveLength(1);
  });

  it('of a patient or doctor does nothing that is an operator’s', async () => {
    const [patient, doctor] = [await hospital.patient('No Operator'), await hospital.doctor('No Operator Either')];
    for (const { device } of [patient, doctor]) {
      for (const route of ['listAccounts', 'cloudStatus'] as const)
        expect(await refusal(() => device.client.call(route, {}))).toBe('operator-only');
      expect(await refusal(() => device.client.call('repairClouds', {}))).toBe('operator-only');
      expect(await refusal(() => device.submit('account.activate', { account: device.account }))).toBe('role-refused');
    }
    expect(emailOf('No Operator')).toBe(patient.email);
  });
});
