import { activate, assign, createAccount, MemoryStore, requestAccess, showCode, verifyRequest } from '@salus/sdk';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../src/clock.ts';
import { doctorProfile, PASSWORD, patientProfile } from '../src/people.ts';
import { type Registered, Suite } from './suite.ts';
import type { Visitor } from './visitor.ts';

/** More stops than any page has. */
const STOPS_LIMIT = 60;

/** What has the focus, by what a screen reader calls it. */
const focused = ({ page }: Visitor): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement & { labels?: NodeListOf<HTMLLabelElement> };
    return (element.labels?.[0]?.textContent ?? element.getAttribute('aria-label') ?? element.textContent ?? '').trim();
  });

/** Presses Tab until something of that name has the focus; a person without a mouse has no other way. */
async function reach(visitor: Visitor, name: string | RegExp): Promise<void> {
  const seen: string[] = [];
  for (let stop = 0; stop < STOPS_LIMIT; stop++) {
    await visitor.page.keyboard.press('Tab');
    const now = await focused(visitor);
    if (typeof name === 'string' ? now === name || now === `${name} *` : name.test(now)) return;
    seen.push(now);
  }
  throw new Error(`Tab does not reach ${name}; it reaches ${seen.join(', ')}`);
}

const type = (visitor: Visitor, text: string) => visitor.page.keyboard.type(text);
const enter = (visitor: Visitor) => visitor.page.keyboard.press('Enter');

describe.each([390, 1280])('by keyboard alone at %i px', (width) => {
  const suite = new Suite(width);
  let patient: Registered;
  let meera: Visitor;

  it('a patient logs in and adds vital signs', async () => {
    patient = await suite.registered(patientProfile('Meera Nair'));
    meera = await suite.visit('patient');
    await meera.heading('Log in');
    await reach(meera, 'E-mail');
    await type(meera, patient.email);
    await reach(meera, 'Password');
    await type(meera, PASSWORD);
    await reach(meera, 'Account code');
    await type(meera, patient.code);
    await enter(meera);
    await meera.heading(/Good/);
    await reach(meera, 'Add');
    await enter(meera);
    await reach(meera, 'Blood pressure, upper (mmHg)');
    await type(meera, '128');
    await reach(meera, 'Blood pressure, lower (mmHg)');
    await type(meera, '82');
    await reach(meera, 'Add a laboratory value');
    await enter(meera);
    for (const [name, value] of [
      ['Name', 'Cholesterol'],
      ['Value', '5.1'],
      ['Unit', 'mmol/L'],
    ] as const) {
      await meera.page.keyboard.press(name === 'Name' ? 'Shift+Tab' : 'Tab');
      while ((await focused(meera)) !== name) await meera.page.keyboard.press(name === 'Name' ? 'Shift+Tab' : 'Tab');
      await type(meera, value);
    }
    await reach(meera, 'Save');
    await enter(meera);
    await meera.heading('Your records');
  });

  it('answers a request, and stops sharing', async () => {
    const { operator } = suite.place;
    const doctor = await suite.registered(doctorProfile('Arjun Rao'));
    await assign(operator, doctor.device.account, patient.device.account);
    const request = await requestAccess(doctor.device, {
      patient: patient.device.account,
      purpose: 'treatment',
      words: 'Chest pain since Monday',
      groups: ['vitals', 'document'],
      until: Date.now() + 30 * DAY_MS,
    });
    await verifyRequest(operator, request);
    await meera.page.keyboard.press('Home');
    await reach(meera, 'Home');
    await enter(meera);
    await meera.heading('Waiting for you (1)');
    await reach(meera, 'Look');
    await enter(meera);
    await meera.sees('Chest pain since Monday');
    await reach(meera, 'Say yes');
    await enter(meera);
    await meera.heading('Sharing');
    await reach(meera, 'Stop sharing');
    await enter(meera);
    await meera.sees('What they opened before they may have kept.');
    await reach(meera, 'Stop sharing');
    await enter(meera);
    await meera.sees('Nobody but you.');
  });
});

describe.each([390, 1280])('an institute at %i px', (width) => {
  const suite = new Suite(width);

  it('registers, waits, and finds its place: what was shared with it, search, account', async () => {
    const { place } = suite;
    const surroundings = {
      node: place.node.url,
      store: new MemoryStore(),
      random: place.operator.random,
      now: Date.now,
    };
    const registered = await createAccount(
      surroundings,
      { role: 'institute', name: 'Heart Study', email: 'heart@example.org', phone: '1', address: '9 Park Lane' },
      PASSWORD,
    );
    const institute = await suite.visit('institute');
    await institute.logIn('heart@example.org', PASSWORD, showCode(registered.code));
    await institute.heading('Waiting to be activated');
    await activate(place.operator, registered.device.account);
    await institute.sees('No colleague shares anything with you now.');
    // An institute is nobody's doctor.
    await institute.heading(/^Heart Study$/);
    await institute.looksRight('institute-home');
    for (const name of ['Search', 'Shared', 'Account']) {
      await institute.place(name);
      await institute.page.getByRole('heading', { level: 1 }).waitFor();
    }
    expect(await institute.page.getByTestId('account-id').textContent()).toBe(registered.device.account);
  });
});
