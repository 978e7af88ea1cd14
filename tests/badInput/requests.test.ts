import {
  findPatient,
  giveConsent,
  listRequests,
  refuseRequest,
  requestAccess,
  revokeConsent,
  verifyRequest,
  withdrawRequest,
} from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../src/clock.ts';
import { footprint } from '../src/footprint.ts';
import { Hospital, type Person } from '../src/hospital.ts';
import { refusal } from '../src/refusal.ts';
import { add, consented, delegated, note, readAll, verifiedRequest } from '../src/sharing.ts';

let hospital: Hospital;
let meera: Person;
let arun: Person;
let rao: Person;
let shah: Person;
beforeAll(async () => {
  hospital = await Hospital.open();
  [meera, arun, rao, shah] = [
    await hospital.patient('Meera Nair'),
    await hospital.patient('Arun Das'),
    await hospital.doctor('Arjun Rao'),
    await hospital.doctor('Nila Shah'),
  ];
});
afterAll(() => hospital.stop());

const asking = (patient: Person) => ({
  patient: patient.device.account,
  purpose: 'treatment' as const,
  words: 'Chest pain since Monday',
  groups: ['document' as const],
  until: hospital.clock.now() + 30 * DAY_MS,
});
const statusOf = async (request: string) =>
  (await listRequests(hospital.operator)).find((known) => known.request === request)?.status;

describe('a request', () => {
  it('repeated while one is open is refused, and allowed once that one is withdrawn', async () => {
    const request = await requestAccess(rao.device, asking(meera));
    expect(await refusal(() => requestAccess(rao.device, asking(meera)))).toBe('request-repeated');
    await withdrawRequest(rao.device, request);
    expect(await statusOf(request)).toBe('withdrawn');
    expect(await refusal(() => verifyRequest(hospital.operator, request))).toBe('request-state');
    expect(await refusal(() => giveConsent(meera.device, { request }))).toBe('request-state');
    expect(await refusal(() => withdrawRequest(rao.device, request))).toBe('request-state');
    await withdrawRequest(rao.device, await requestAccess(rao.device, asking(meera)));
  });

  it('is withdrawn by its maker alone and rejected by its patient or an operator', async () => {
    const request = await requestAccess(rao.device, asking(meera));
    expect(await refusal(() => withdrawRequest(shah.device, request))).toBe('request-not-yours');
    expect(await refusal(() => refuseRequest(arun.device, request, 'no'))).toBe('request-not-yours');
    expect(await refusal(() => refuseRequest(meera.device, request, 'no'))).toBe('request-state');
    await verifyRequest(hospital.operator, request);
    await refuseRequest(meera.device, request, 'I would rather not.');
    expect(await statusOf(request)).toBe('rejected');
  });

  it('that nobody answered for two weeks has expired: neither verified nor consented to', async () => {
    const [waiting, verified] = [
      await requestAccess(rao.device, asking(meera)),
      await verifiedRequest(hospital, shah.device, meera.device),
    ];
    hospital.clock.advance(15 * DAY_MS);
    const before = await footprint(hospital.node.context);
    expect(await statusOf(waiting)).toBe('expired');
    expect(await refusal(() => verifyRequest(hospital.operator, waiting))).toBe('request-expired');
    expect(await refusal(() => giveConsent(meera.device, { request: verified }))).toBe('request-expired');
    expect(await footprint(hospital.node.context)).toEqual(before);
  });

  it('for a period that cannot be, or of a patient that is not there, is refused', async () => {
    const past = { ...asking(arun), until: hospital.clock.now() - DAY_MS };
    expect(await refusal(() => requestAccess(rao.device, past))).toBe('period-refused');
    expect(await refusal(() => requestAccess(rao.device, { ...past, until: past.until * 2 }))).toBe('period-refused');
    const nobody = { ...asking(arun), patient: 'f'.repeat(32) };
    expect(await refusal(() => requestAccess(rao.device, nobody))).toBe('answer-dishonest');
    expect(await refusal(() => requestAccess(meera.device, asking(arun)))).toBe('role-refused');
    expect(await refusal(() => findPatient(rao.device, { number: '000000' }))).toBe('patient-unknown');
    expect(await refusal(() => findPatient(rao.device, { name: 'Meera Nair', birthDate: '1984-03-03' }))).toBe(
      'patient-unknown',
    );
  });
});

describe('a consent', () => {
  it('by someone else is refused, and the one asked can still give it', async () => {
    const request = await verifiedRequest(hospital, rao.device, arun.device);
    for (const other of [meera, rao, shah])
      expect(await refusal(() => giveConsent(other.device, { request }))).toBe('consent-not-yours');
    expect(await refusal(() => giveConsent(hospital.operator, { request }))).toBe('consent-not-yours');
    await giveConsent(arun.device, { request });
    expect(await refusal(() => giveConsent(arun.device, { request }))).toBe('request-state');
  });

  it('to more than was asked, or for longer, is refused', async () => {
    const request = await requestAccess(shah.device, asking(arun));
    await verifyRequest(hospital.operator, request);
    expect(await refusal(() => giveConsent(arun.device, { request, groups: ['document', 'vitals'] }))).toBe(
      'scope-refused',
    );
    const until = hospital.clock.now() + 60 * DAY_MS;
    expect(await refusal(() => giveConsent(arun.device, { request, until }))).toBe('period-refused');
    await refuseRequest(arun.device, request, 'no');
  });

  it('to a request that nobody made is refused', async () => {
    expect(await refusal(() => giveConsent(meera.device, { request: 'e'.repeat(32) }))).toBe('request-unknown');
  });

  it('that has run out opens nothing, without anybody doing anything', async () => {
    await add(meera.device, note('expiring access'));
    await consented(hospital, rao.device, meera.device);
    expect(await readAll(rao.device, 'expiring')).toEqual(['expiring access']);
    hospital.clock.advance(301 * DAY_MS);
    expect(await refusal(() => readAll(rao.device, 'expiring'))).toBe('read-refused');
  });

  it('that is over, or was never given, cannot be revoked', async () => {
    await consented(hospital, rao.device, meera.device);
    await revokeConsent(meera.device, rao.device.account);
    expect(await refusal(() => revokeConsent(meera.device, rao.device.account))).toBe('grant-unknown');
    expect(await refusal(() => revokeConsent(meera.device, shah.device.account))).toBe('grant-unknown');
  });
});

describe('a delegation', () => {
  it('that the consent does not allow is refused: to another role, for longer, of other patients, to oneself', async () => {
    await add(meera.device, note('delegated or not', { topics: ['cardiology'] }));
    const request = await verifiedRequest(hospital, rao.device, meera.device);
    await giveConsent(meera.device, { request, delegateTo: [], until: hospital.clock.now() + 30 * DAY_MS });
    const only = { patients: [meera.device.account] };
    const trying = (to: Person, more = {}) =>
      refusal(() => delegated(hospital, rao.device, to.device, 'cardiology', { ...only, ...more }));
    expect(await refusal(() => delegated(hospital, rao.device, shah.device, 'cardiology'))).toBe('no-patients');
    expect(await trying(shah)).toBe('delegation-refused');
    await revokeConsent(meera.device, rao.device.account);
    await consented(hospital, rao.device, meera.device);
    const before = await footprint(hospital.node.context);
    expect(await trying(shah, { until: hospital.clock.now() + 400 * DAY_MS })).toBe('delegation-refused');
    expect(await trying(shah, { patients: [arun.device.account] })).toBe('delegation-refused');
    expect(await trying(meera)).toBe('delegation-refused');
    expect(await trying(rao)).toBe('delegation-refused');
    expect(await footprint(hospital.node.context)).toEqual(before);
    expect(await refusal(() => delegated(hospital, arun.device, shah.device, 'cardiology', only))).toBe('role-refused');
  });
});
