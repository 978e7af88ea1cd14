import { describe, expect, it } from 'vitest';
import {
  accountKey,
  assignmentKey,
  auditKey,
  batchKey,
  delegationKey,
  deviceKey,
  EMPTY_CHAIN,
  eventsKey,
  extendChain,
  patientKey,
  recordKey,
  relationKey,
  requestKey,
  STORAGE_KEY,
  stateSchema,
  storedAtKey,
} from '../src/index.ts';
import { named, newDevice, newPerson, registration } from './fixture/people.ts';
import { storing } from './fixture/storing.ts';
import { World } from './fixture/world.ts';

/** Makes every change of a value in place throw: contracts must write new ones. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}

class FrozenWorld extends World {
  override async judge(bytes: Uint8Array) {
    for (const value of this.values.values()) freeze(value);
    return super.judge(bytes);
  }
}

const frozen = async (seed: string) => new FrozenWorld((await World.make(seed)).net);

describe('what accepted operations change', () => {
  it('accounts: waiting, active, suspended, active again, new keys', async () => {
    const world = await frozen('accounts');
    const person = await newPerson(world.random);
    expect(await world.do(person, 'account.register', registration(world.net, person, 'doctor'))).toEqual([
      person.account,
    ]);
    const { operator } = world;
    const both = [operator.account, person.account];
    const { account } = person;
    expect(world.statusOf(person)).toBe('waiting');
    expect(await world.do(operator, 'account.activate', { account })).toEqual(both);
    expect(world.statusOf(person)).toBe('active');
    expect(await world.do(operator, 'account.suspend', { account, reason: world.bytes() })).toEqual(both);
    expect(world.get(accountKey(account))).toMatchObject({ status: 'suspended', cutAt: world.height });
    expect(await world.do(operator, 'account.resume', { account })).toEqual(both);
    expect(world.statusOf(person)).toBe('active');

    const renewed = { ...(await newPerson(world.random)), account };
    const { A, B, boxKey, possession } = registration(world.net, renewed, 'doctor');
    await world.do(person, 'account.rotate', { A, B, boxKey, possession, signIn: named(renewed.signIn) });
    expect(world.get(accountKey(account))).toMatchObject({
      ...{ A, B, boxKey, keysVersion: 2, devicesEver: 3 },
      devices: [person.device.id, renewed.signIn.id],
    });
    expect(world.get(deviceKey(account, person.signIn.id))?.revokedAt).toBe(world.height);
  });

  it('a newcomer may be turned away', async () => {
    const world = await frozen('reject');
    const person = await world.newcomer('patient');
    await world.do(world.operator, 'account.reject', { account: person.account, reason: world.bytes() });
    expect(world.statusOf(person)).toBe('rejected');
  });

  it('devices: the sign-in device adds one, a revocation takes along what was added since', async () => {
    const world = await frozen('devices');
    const person = await world.member('patient');
    const { account } = person;
    const [early, late, child] = [
      await newDevice(world.random),
      await newDevice(world.random),
      await newDevice(world.random),
    ];
    await world.do({ account, device: person.signIn }, 'device.add', { device: named(early) });
    const since = world.height + 1;
    await world.do({ account, device: early }, 'device.add', { device: named(late) });
    await world.do({ account, device: late }, 'device.add', { device: named(child) });
    await world.do(person, 'device.revoke', { device: early.id, since });
    expect(world.get(accountKey(account))?.devices).toEqual([person.device.id, person.signIn.id]);
    for (const device of [early, late, child])
      expect(world.get(deviceKey(account, device.id))?.revokedAt).toBe(world.height);
  });

  it('devices: without a height only the named one goes, and what came before the height stays', async () => {
    const world = await frozen('devices-kept');
    const person = await world.member('patient');
    const { account } = person;
    const [early, late] = [await newDevice(world.random), await newDevice(world.random)];
    await world.do(person, 'device.add', { device: named(early) });
    await world.do({ account, device: early }, 'device.add', { device: named(late) });
    await world.do(person, 'device.revoke', { device: early.id, since: 0 });
    expect(world.get(accountKey(account))?.devices).toContain(late.id);
    await world.do({ account, device: late }, 'device.revoke', { device: person.device.id, since: world.height });
    expect(world.get(accountKey(account))?.devices).toEqual([person.signIn.id, late.id]);
  });

  it('assignments start, end and start again', async () => {
    const world = await frozen('assignments');
    const [doctor, patient] = [await world.member('doctor'), await world.member('patient')];
    const pair = { doctor: doctor.account, patient: patient.account };
    const introductions = [world.bytes(), world.bytes()];
    for (const [type, status, introduction] of [
      ['assignment.start', 'active', introductions[0]!],
      ['assignment.end', 'ended', introductions[0]!],
      ['assignment.start', 'active', introductions[1]!],
    ] as const) {
      const body = type === 'assignment.start' ? { ...pair, introduction } : pair;
      expect(await world.do(world.operator, type, body)).toEqual([world.operator.account, ...Object.values(pair)]);
      expect(world.get(assignmentKey(pair.doctor, pair.patient))).toEqual({ status, since: world.time, introduction });
    }
  });

  it('records: written by patients and assigned doctors, edited, and continued in a new generation', async () => {
    const world = await frozen('records');
    const [doctor, patient] = [await world.member('doctor'), await world.member('patient')];
    await world.record(patient);
    await world.do(world.operator, 'assignment.start', {
      doctor: doctor.account,
      patient: patient.account,
      introduction: world.bytes(),
    });
    const body = world.commitBody(patient.account);
    expect(await world.do(doctor, 'record.commit', body)).toEqual([doctor.account, patient.account]);
    const key = recordKey(body.record, 'vitals');
    const at = { generationAt: world.height, generationTime: world.time, time: world.time };
    expect(world.get(key)).toMatchObject({ author: doctor.account, generation: 1, version: 1, ...at });

    const named = { record: body.record, group: 'vitals' } as const;
    const edit = { ...named, generation: 1, version: 2, previous: body.bodyRoot, bodyRoot: world.bytes() };
    expect(await world.do(doctor, 'record.update', edit)).toEqual([doctor.account, patient.account]);
    expect(world.get(key)).toMatchObject({ version: 2, bodyRoot: edit.bodyRoot, ...at });

    const { c1, com, bodyRoot, year } = world.commitBody(patient.account);
    const next = { ...named, generation: 2, version: 3, previous: edit.bodyRoot, c1, com, bodyRoot, year };
    await world.do(doctor, 'record.generation', next);
    const later = { generation: 2, version: 3, c1, com, bodyRoot, generationAt: world.height, time: at.time };
    expect(world.get(key)).toMatchObject(later);
  });

  it('requests and consents', async () => {
    const world = await frozen('consents');
    const [doctor, patient] = [await world.member('doctor'), await world.member('patient')];
    const pair = [doctor.account, patient.account];
    const body = world.requestBody(patient);
    const { request } = body;
    expect(await world.do(doctor, 'request.make', body)).toEqual(pair);
    expect(world.get(requestKey(request))).toMatchObject({ status: 'waiting', from: world.time, operator: '' });
    await world.do(world.operator, 'request.verify', { request });
    expect(world.get(requestKey(request))).toMatchObject({ status: 'verified', operator: world.operator.account });
    const consent = world.consentBody(request);
    expect(await world.do(patient, 'consent.give', consent)).toEqual([patient.account, doctor.account]);
    expect(world.get(requestKey(request))?.status).toBe('approved');
    const relation = relationKey(patient.account, doctor.account);
    expect(world.get(relation)?.grant).toMatchObject({ id: consent.grant, since: world.time, status: 'active' });
    const access = { account: doctor.account, via: consent.grant, until: consent.until };
    expect(world.get(patientKey(patient.account))).toEqual({ cutAt: 0, readers: [access] });
    expect(await world.do(patient, 'consent.revoke', { reader: doctor.account })).toEqual(pair.reverse());
    expect(world.get(relation)?.grant?.status).toBe('ended');
    expect(world.get(patientKey(patient.account))).toEqual({ cutAt: world.height, readers: [] });
  });

  it('requests rejected by operator or patient, or withdrawn, let the pair ask again', async () => {
    const world = await frozen('rejected-requests');
    const [doctor, patient] = [await world.member('doctor'), await world.member('patient')];
    const ask = async () => {
      const body = world.requestBody(patient);
      await world.do(doctor, 'request.make', body);
      return body.request;
    };
    await world.do(world.operator, 'request.reject', { request: await ask(), reason: world.bytes() });
    await world.do(patient, 'request.reject', { request: await world.request(doctor, patient), reason: world.bytes() });
    const withdrawn = await ask();
    await world.do(doctor, 'request.withdraw', { request: withdrawn });
    expect(world.get(requestKey(withdrawn))?.status).toBe('withdrawn');
    await ask();
    world.wait(15);
    await ask();
  });

  it('delegations', async () => {
    const world = await frozen('delegations');
    const [doctor, colleague] = [await world.member('doctor'), await world.member('doctor')];
    const patients = [await world.member('patient'), await world.member('patient')];
    const grants = [await world.grant(patients[0]!, doctor), await world.grant(patients[1]!, doctor)];
    const body = world.delegationBody(colleague, patients);
    const concerned = [doctor, colleague, ...patients].map(({ account }) => account);
    expect(await world.do(doctor, 'delegation.make', body)).toEqual(concerned);
    expect(world.get(delegationKey(body.delegation))).toMatchObject({ from: doctor.account, grants, status: 'active' });
    const access = { account: colleague.account, via: body.delegation, until: body.until };
    expect(world.get(patientKey(patients[1]!.account))?.readers).toContainEqual(access);
    await world.do(patients[0]!, 'delegation.end', { delegation: body.delegation });
    expect(world.get(delegationKey(body.delegation))?.status).toBe('ended');
    for (const { account } of patients) {
      expect(world.get(patientKey(account))).toMatchObject({ cutAt: world.height });
      expect(world.get(patientKey(account))?.readers).not.toContainEqual(access);
    }
  });

  it('reads: by the patient, through a grant, through a delegation', async () => {
    const world = await frozen('reads');
    const [doctor, colleague] = [await world.member('doctor'), await world.member('doctor')];
    const patient = await world.member('patient');
    const record = await world.record(patient);
    const grant = await world.grant(patient, doctor);
    const delegation = await world.delegation(doctor, colleague, [patient]);
    expect(await world.do(patient, 'read.open', world.readBody(record, ''))).toEqual([patient.account]);
    expect(await world.do(doctor, 'read.open', world.readBody(record, grant))).toEqual([
      doctor.account,
      patient.account,
    ]);
    expect(await world.do(colleague, 'read.open', world.readBody(record, delegation))).toEqual([
      colleague.account,
      patient.account,
    ]);
  });

  it('storage: what a cloud holds, what is no longer asked of it, and what an audit found', async () => {
    const world = await frozen('storage');
    const { node, key, batch, begun, revealed, verdict } = await storing(world);
    expect(world.get(STORAGE_KEY)).toMatchObject({ version: 1, device: node.device.id });
    const audit = await revealed(await begun());
    const begunAt = world.get(auditKey(audit))!.begunAt;
    // Blocks of 63,488 bytes: 1 of 40,000 bytes, 16 of 1,000,000, 1 of 7.
    expect(world.get(storedAtKey('store-1'))).toMatchObject({ pieces: 3, blocks: 18, next: 2, checked: null });
    await world.do(world.operator, 'audit.result', verdict(audit));
    const proven = { height: begunAt, time: world.time };
    const checked = { audit, time: world.time, finding: 'held' };
    expect(world.get(storedAtKey('store-1'))).toMatchObject({ checked, proven });
    expect(world.get(auditKey(audit))).toMatchObject({ status: 'judged', by: 'person' });

    await world.do(node, 'storage.commit', batch());
    await world.do(node, 'storage.retire', { cloud: 'store-1', batch: 1 });
    expect(world.get(storedAtKey('store-1'))).toMatchObject({ pieces: 3, blocks: 18, next: 3 });
    expect(world.get(batchKey('store-1', 1))).toMatchObject({ retiredAt: world.height });

    // Under another key nothing of it is audited any more; what was found stays said.
    await world.do(world.operator, 'storage.key', key);
    await world.do(node, 'storage.retire', { cloud: 'store-1', batch: 2 });
    await world.do(node, 'storage.commit', batch());
    expect(world.get(storedAtKey('store-1'))).toMatchObject({ version: 2, blocks: 18, next: 4, checked, proven: null });
    const device = await newDevice(world.random);
    await world.do(world.operator, 'storage.key', { ...key, device: named(device) });
    expect(world.get(deviceKey(world.operator.account, node.device.id))).toMatchObject({ revokedAt: world.height });
    expect(world.get(accountKey(world.operator.account))!.devices.slice(-1)).toEqual([device.id]);
    for (const [key, value] of world.values) expect(stateSchema(key)?.safeParse(value).success, key).toBe(true);
  });

  it('at most three keys are written beside one per account concerned, and each value has the form of its key', async () => {
    const world = await frozen('keys');
    const [doctor, patient] = [await world.member('doctor'), await world.member('patient')];
    const outcome = await world.try(patient, 'consent.give', world.consentBody(await world.request(doctor, patient)));
    expect(outcome.rejected).toBeUndefined();
    if (!outcome.rejected) expect(outcome.writes.size).toBe(3 + outcome.events.length);
    for (const [key, value] of world.values) expect(stateSchema(key)?.safeParse(value).success, key).toBe(true);
  });

  it('an event chain is the hash over all that concerns the account', async () => {
    const world = await frozen('chains');
    const [doctor, patient] = [await world.member('doctor'), await world.member('patient')];
    await world.grant(patient, doctor);
    const concerning = world.history.slice(2);
    const expected = concerning.slice(2).reduce((chain, { hash }) => extendChain(chain, hash), EMPTY_CHAIN);
    const registered = world.history.slice(2, 4).reduce((chain, { hash }) => extendChain(chain, hash), EMPTY_CHAIN);
    expect(registered.count).toBe(2);
    const all = concerning.reduce((chain, { hash }) => extendChain(chain, hash), EMPTY_CHAIN);
    expect(world.get(eventsKey(patient.account))).toEqual(all);
    expect(world.get(eventsKey(patient.account))).not.toEqual(expected);
  });
});
