import { describe, expect, it } from 'vitest';
import { doctorProfile, emailOf, PASSWORD } from '../src/people.ts';
import { letter } from './letter.ts';
import { type Registered, Suite } from './suite.ts';
import type { Visitor } from './visitor.ts';

const LETTER = letter([
  'City Laboratory',
  'Lipid panel, 18 Nov 2026',
  'Total cholesterol 5.1 mmol/L',
  'HDL 1.4 mmol/L, LDL 3.1 mmol/L',
]);

describe.each([390, 1280])('the page at %i px', (width) => {
  const suite = new Suite(width);
  let meera: Visitor;
  let rao: Visitor;
  let operator: Visitor;
  let colleague: Registered;
  let code = '';

  it('registers a patient and a doctor, who wait', async () => {
    colleague = await suite.registered(doctorProfile('Nila Shah'));
    [meera, rao, operator] = await Promise.all([
      suite.visit('patient'),
      suite.visit('doctor'),
      suite.visit('operator'),
    ]);
    await meera.heading('Log in');
    await meera.looksRight('log-in');
    await meera.press('Create an account');
    await meera.fill({
      'Full name': 'Meera Nair',
      'E-mail': 'meera@example.org',
      'Date of birth': '1984-03-02',
      Phone: '+91 98 4000 1234',
      Address: '12 Lake Road, Kochi',
      Password: PASSWORD,
    });
    await meera.looksRight('register');
    await meera.press('Create account');
    await meera.heading('Account sheet');
    await meera.looksRight('account-sheet');
    code = (await meera.page.getByTestId('account-code').textContent()) ?? '';
    expect(code).toMatch(/^([0-9a-z]{4}-){7}[0-9a-z]{4}$/);
    await meera.press('I have kept it');
    await meera.heading('Waiting to be activated');
    await meera.looksRight('waiting');

    await rao.press('Create an account');
    await rao.choose('I am a', 'doctor');
    await rao.fill({
      'Full name': 'Arjun Rao',
      'E-mail': emailOf('Arjun Rao'),
      'Date of birth': '1975-07-19',
      Phone: '+91 98 4000 5678',
      Address: '3 Hill Street, Kochi',
      'Licence number': 'KL-20331',
      Speciality: 'Cardiology',
      Hospital: 'City Hospital',
      Password: PASSWORD,
    });
    await rao.press('Create account');
    await rao.press('I have kept it');
    await rao.heading('Waiting to be activated');
  });

  it('lets the operator activate and assign them, which they see at once', async () => {
    await operator.logIn(emailOf('operator'), PASSWORD, suite.place.operatorCode);
    await operator.heading('Operator');
    await operator.heading('2 registrations wait');
    await operator.looksRight('operator-home');
    await operator.follow('Meera Nair');
    await operator.press('Activate');
    await meera.heading(/Good (morning|afternoon|evening), Meera/);
    await operator.page.getByRole('button', { name: 'Arjun Rao' }).click();
    await operator.press('Activate');
    await rao.heading('Dr Arjun Rao');
    await operator.page.getByRole('button', { name: 'Meera Nair' }).click();
    await operator.choose('Doctor of this patient', { label: 'Arjun Rao' } as never);
    await operator.press('Assign');
    await operator.sees('Assigned.');
    await rao.place('Patients');
    await rao.sees('on your list');
    await rao.looksRight('doctor-patients');
    await operator.looksRight('operator-people');
  });

  it('keeps vital signs, asks about unusual ones, and keeps documents', async () => {
    await meera.follow('Add');
    await meera.fill({
      'Blood pressure, upper (mmHg)': '228',
      'Blood pressure, lower (mmHg)': '82',
      'Pulse (per minute)': '71',
      Temperature: '36.8',
      'Medical centre': 'City Hospital',
    });
    await meera.press('Save');
    await meera.sees('is unusual');
    await meera.looksRight('add-vitals');
    await meera.fill({ 'Blood pressure, upper (mmHg)': '128' });
    await meera.press(/Save/);
    await meera.heading('Your records');
    await meera.follow('Add');
    await meera.page.getByText('Documents', { exact: true }).click();
    await meera.page.locator('input[type=file]').setInputFiles({
      name: 'lipids <b>2026</b>.pdf',
      mimeType: 'application/pdf',
      buffer: LETTER,
    });
    await meera.fill({ 'Topics, with commas between': 'cardiology' });
    await meera.looksRight('add-documents');
    await meera.press('Protect and save');
    await meera.heading('2 records');
    await meera.looksRight('records');
    await meera.follow('lipids <b>2026</b>.pdf');
    await meera.page.getByRole('img', { name: /lipids/ }).waitFor();
    await meera.press('Technical details');
    await meera.sees('Any four of six');
    await meera.sees('Commitment to the key:');
    await meera.looksRight('record-document');
    await meera.place('Records');
    await meera.follow('Vital signs');
    await meera.sees('128 mmHg');
    await meera.looksRight('record-vitals');
    await meera.place('Home');
    await meera.sees('Blood pressure 128/82 mmHg');
    await meera.follow('Over time');
    await meera.page.locator('.uplot').first().waitFor();
    await meera.looksRight('charts');
  });

  it('asks, confirms and answers, each seen by the others', async () => {
    await rao.place('Patients');
    await rao.fill({ 'or exact name': 'Meera Nair', 'and date of birth': '1984-03-02' });
    await rao.press('Find patient');
    await rao.fill({ 'Why do you ask?': 'Chest pain since Monday' });
    await rao.looksRight('doctor-ask');
    await rao.press('Ask for access');
    await rao.sees('Your request is on its way.');
    await operator.place('Requests');
    await operator.page.locator('button.pick').first().click();
    await operator.sees('Chest pain since Monday');
    await operator.looksRight('operator-requests');
    await operator.press('Confirm');
    await meera.place('Home');
    await meera.heading('Waiting for you (1)');
    await meera.looksRight('patient-home');
    await meera.follow('Look');
    await meera.sees('Chest pain since Monday');
    await meera.choose('For how long', '7');
    await meera.check('They may share it with other doctors');
    await meera.sees(/can open 2 records now/);
    await meera.looksRight('answer');
    await meera.press('Say yes');
    await meera.heading('Sharing');
    await meera.sees('Arjun Rao');
    await meera.looksRight('sharing');
    await rao.place('Home');
    await rao.sees('agreed');
    await rao.looksRight('doctor-home');
  });

  it('lets the doctor search, open and share; the patient sees it', async () => {
    await rao.place('Search');
    await rao.fill({ Words: 'lipids' });
    await rao.press('Search');
    await rao.heading('1 record found');
    await rao.press('Open');
    await rao.heading('lipids <b>2026</b>.pdf');
    await rao.looksRight('doctor-search');
    await rao.press('Show all');
    await rao.heading('2 records found');
    await rao.place('Colleagues');
    await rao.fill({
      'E-mail or account id of a colleague or an institute': emailOf('Nila Shah'),
      Topic: 'cardiology',
    });
    await rao.press('See what it covers');
    await rao.sees('What it covers now: records 1, patients 1.');
    await rao.looksRight('doctor-share');
    await rao.press('Share with this colleague');
    await rao.sees('Shared. Your colleague can open 1 record now.');
    const shah = await suite.visit('colleague');
    await shah.logIn(colleague.email, PASSWORD, colleague.code);
    await shah.heading('Dr Nila Shah');
    await shah.follow('cardiology');
    await shah.press('Search');
    await shah.heading('1 record found');
    await shah.choose('Why you look', 'second-opinion');
    await shah.press('Open');
    await shah.heading('lipids <b>2026</b>.pdf');
    await shah.looksRight('colleague-open');
    await shah.leave();
    await meera.place('Activity');
    await meera.sees('Why: second opinion');
    await meera.sees('Arjun Rao shared it with them.');
    await meera.press('Checked on this device ✓');
    await meera.looksRight('activity');
    await meera.page.getByText('Everything', { exact: true }).click();
    await meera.sees(/^The colleague: Account [0-9a-f]{8}$/);
    await rao.press('End it');
    await rao.page.getByRole('group', { name: 'End it' }).getByRole('button', { name: 'End it' }).click();
    await rao.sees('ended');
  });

  it('stops sharing: the doctor opens nothing more', async () => {
    await rao.place('Search');
    await rao.press('Show all');
    await rao.heading('2 records found');
    await meera.place('Sharing');
    await meera.press('Stop sharing');
    await meera.sees('What they opened before they may have kept.');
    await meera.page.getByRole('group', { name: 'Stop sharing' }).getByRole('button', { name: 'Stop sharing' }).click();
    await meera.sees('Nobody but you.');
    await rao.press('Open');
    await rao.page.getByRole('alert').waitFor();
    rao.forgive('status of 4');
  });

  it('checks the storage, and logs in on another browser with the account code', async () => {
    await operator.place('Storage');
    await operator.press('Check and repair');
    await operator.sees(/^Checked \d+/);
    await operator.looksRight('operator-storage');
    const phone = await suite.visit('patient');
    await phone.logIn('meera@example.org', PASSWORD, code);
    await phone.sees('Blood pressure 128/82 mmHg');
    await phone.page.emulateMedia({ colorScheme: 'dark' });
    await phone.looksRight('patient-home-dark');
    await phone.page.reload();
    await phone.sees('Blood pressure 128/82 mmHg');
  });
});
