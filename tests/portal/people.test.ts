import { describe, expect, it } from 'vitest';
import { doctorProfile, emailOf, PASSWORD, patientProfile } from '../src/people.ts';
import { add, note } from '../src/sharing.ts';
import { type Registered, Suite } from './suite.ts';
import type { Visitor } from './visitor.ts';

const CHECK = /^\d{3} \d{3}$/;

describe.each([390, 1280])('people and their devices at %i px', (width) => {
  const suite = new Suite(width);
  let meera: Registered;
  let phone: Visitor;
  let laptop: Visitor;
  let operator: Visitor;

  it('are turned down and suspended with a reason they read at once, and let go on', async () => {
    const doctor = await suite.registered(doctorProfile('Arjun Rao'));
    const [rao, wrong] = await Promise.all([suite.visit('doctor'), suite.visit('a stranger')]);
    operator = await suite.visit('operator');
    await operator.logIn(emailOf('operator'), PASSWORD, suite.place.operatorCode);
    await rao.logIn(doctor.email, PASSWORD, doctor.code);
    await rao.heading('Dr Arjun Rao');
    await wrong.press('Create an account');
    await wrong.fill({
      'Full name': 'Wrong Person',
      'E-mail': 'wrong@example.org',
      'Date of birth': '1990-01-01',
      Phone: '1',
      Address: '-',
      Password: PASSWORD,
    });
    await wrong.press('Create account');
    await wrong.press('I have kept it');
    await operator.place('People');
    await operator.press('Wrong Person');
    await operator.press('Turn down');
    await operator.fill({ 'Why? The person reads this.': 'You are registered already.' });
    await operator.looksRight('operator-reject');
    await operator.press('Turn down');
    await wrong.heading('Your registration was turned down');
    await wrong.sees('You are registered already.');
    await wrong.looksRight('turned-down');
    await operator.page.getByRole('button', { name: 'Arjun Rao' }).click();
    await operator.press('Suspend');
    await operator.fill({ 'Why? The person reads this.': 'Your licence has run out.' });
    await operator.press('Suspend');
    await rao.heading('Your account is suspended');
    await rao.sees('Your licence has run out.');
    await operator.press('Let them go on');
    await operator.page.getByRole('group').getByRole('button', { name: 'Let them go on' }).click();
    await rao.heading('Dr Arjun Rao');
    for (const one of [rao, wrong]) {
      one.forgive('status of 403');
      await one.leave();
    }
  });

  it('let another device in by a picture: the same six digits on both, then everything is there', async () => {
    meera = await suite.registered(patientProfile('Meera Nair'));
    await add(meera.device, note('From the phone'));
    phone = await suite.visit('her phone');
    await phone.logIn(meera.email, PASSWORD, meera.code);
    await phone.sees('From the phone');
    await phone.follow('Account');
    await phone.press('Show the picture');
    await phone.page.getByRole('img', { name: 'Picture to scan with the other device' }).waitFor();
    const link = (await phone.page.getByTestId('invitation').textContent()) ?? '';
    laptop = await suite.visit('her laptop', new URL(link).hash && link.slice(new URL(link).origin.length));
    const [there, here] = await Promise.all([laptop, phone].map((one) => one.page.getByTestId('check').textContent()));
    expect(there).toMatch(CHECK);
    expect(here).toBe(there);
    expect(laptop.page.url()).not.toContain('join=');
    await laptop.looksRight('join');
    await phone.looksRight('let-in');
    await phone.press('Yes, the same: let it in');
    await laptop.sees('From the phone');
    await phone.sees('It is in.');
  });

  it('show an old picture in vain', async () => {
    await phone.press('Show the picture');
    const old = (await phone.page.getByTestId('invitation').textContent()) ?? '';
    await phone.page.reload();
    await phone.press('Show the picture');
    await phone.page.getByTestId('invitation').waitFor();
    const late = await suite.visit('too late', old.slice(new URL(old).origin.length));
    await late.sees('This picture is no longer good.');
    await late.looksRight('join-too-late');
    late.forgive('status of 404');
    await late.leave();
  });

  it('put a device out: it is out at once, and the new account code is the one that counts', async () => {
    await phone.page.reload();
    await phone.heading('Your devices');
    const rows = phone.page.getByRole('region', { name: 'Your devices' }).getByRole('listitem');
    await rows.getByRole('button', { name: 'Put it out' }).last().click();
    await phone.page
      .getByRole('form', { name: 'Put it out' })
      .getByRole('textbox', { name: 'Password' })
      .fill(PASSWORD);
    await phone.looksRight('devices');
    await phone.page.getByRole('form').getByRole('button', { name: 'Put it out' }).click();
    const code = (await phone.page.getByTestId('account-code').textContent()) ?? '';
    expect(code).not.toBe(meera.code);
    await laptop.heading('This device was put out');
    await laptop.looksRight('put-out');
    laptop.forgive('status of 4');
    const third = await suite.visit('a third device');
    await third.logIn(meera.email, PASSWORD, meera.code);
    await third.sees('The account code does not open the keyring.');
    await third.fill({ 'Account code': code });
    await third.press('Log in');
    await third.sees('From the phone');
  });
});
