import { afterAll, describe, expect, it } from 'vitest';
import { contractCodes, DEVICES_LIMIT, deviceKey, writePieces } from '../src/index.ts';
import { named, newDevice, newPerson, type Person, registration } from './fixture/people.ts';
import { storing } from './fixture/storing.ts';
import { World } from './fixture/world.ts';

type Refusal = Promise<{ code: string; facts: Record<string, unknown> }>;
interface Case {
  name: string;
  facts?: Record<string, unknown>;
  when(world: World): Refusal;
}

const rotation = (world: World, person: Person) => {
  const { role, device, ...keys } = registration(world.net, person, 'patient');
  return keys;
};
/** A doctor with an active grant on a patient who has a record, and a colleague. */
async function clinic(world: World, changes: Parameters<World['grant']>[2] = {}) {
  const [doctor, colleague] = [await world.member('doctor'), await world.member('doctor')];
  const patient = await world.member('patient');
  const record = await world.record(patient);
  const grant = await world.grant(patient, doctor, changes);
  return { doctor, colleague, patient, record, grant };
}
async function pair(world: World) {
  return { doctor: await world.member('doctor'), patient: await world.member('patient') };
}
async function edited(world: World) {
  const author = await world.member('patient');
  const body = world.commitBody(author.account);
  await world.do(author, 'record.commit', body);
  const { record, group, bodyRoot } = body;
  const edit = { record, group, generation: 1, version: 2, previous: bodyRoot, bodyRoot: world.bytes() };
  return { author, body, edit };
}

const cases: Record<string, Case[]> = {
  'signer-unknown': [
    {
      name: 'an account nobody registered',
      when: async (world) => world.refusal(await newPerson(world.random), 'consent.revoke', { reader: world.id() }),
    },
    {
      name: 'a registration signed by a device other than the one it brings',
      when: async (world) => {
        const person = await newPerson(world.random);
        const body = registration(world.net, person, 'patient');
        return world.refusal({ ...person, device: person.signIn }, 'account.register', body);
      },
    },
    {
      name: "another account's device",
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const thief = { account: patient.account, device: doctor.device };
        return world.refusal(thief, 'consent.revoke', { reader: doctor.account });
      },
    },
  ],
  'signature-invalid': [
    {
      name: 'a device id with the key of another device',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const forged = { account: patient.account, device: { ...doctor.device, id: patient.device.id } };
        return world.refusal(forged, 'consent.revoke', { reader: doctor.account });
      },
    },
  ],
  'signer-revoked': [
    {
      name: 'a revoked device',
      when: async (world) => {
        const patient = await world.member('patient');
        const device = await newDevice(world.random);
        await world.do(patient, 'device.add', { device: named(device) });
        await world.do(patient, 'device.revoke', { device: device.id, since: 0 });
        return world.refusal({ ...patient, device }, 'device.add', { device: named(await newDevice(world.random)) });
      },
    },
  ],
  'signer-kind': [
    {
      name: 'a sign-in device that signs anything but device.add',
      when: async (world) => {
        const patient = await world.member('patient');
        const signIn = { ...patient, device: patient.signIn };
        return world.refusal(signIn, 'device.revoke', { device: patient.device.id, since: 0 });
      },
    },
    {
      name: 'the node’s own device that activates an account',
      when: async (world) => {
        const { node } = await storing(world);
        return world.refusal(node, 'account.activate', { account: (await world.newcomer('patient')).account });
      },
    },
    {
      name: 'the node’s own device that adds a device of a person',
      when: async (world) => {
        const { node } = await storing(world);
        return world.refusal(node, 'device.add', { device: named(await newDevice(world.random)) });
      },
    },
    {
      name: 'a person who says what clouds hold',
      when: async (world) => {
        const { batch } = await storing(world);
        return world.refusal(world.operator, 'storage.commit', batch());
      },
    },
  ],
  'account-not-active': [
    {
      name: 'a waiting account asks',
      facts: { status: 'waiting' },
      when: async (world) => {
        const doctor = await world.newcomer('doctor');
        return world.refusal(doctor, 'request.make', world.requestBody(await world.member('patient')));
      },
    },
    {
      name: 'a suspended account reads',
      facts: { status: 'suspended' },
      when: async (world) => {
        const { doctor, record, grant } = await clinic(world);
        await world.do(world.operator, 'account.suspend', { account: doctor.account, reason: world.bytes() });
        return world.refusal(doctor, 'read.open', world.readBody(record, grant));
      },
    },
    {
      name: 'a record of a patient who is not active',
      when: async (world) => {
        const { doctor } = await pair(world);
        return world.refusal(doctor, 'record.commit', world.commitBody((await world.newcomer('patient')).account));
      },
    },
    {
      name: 'suspending who is suspended',
      when: async (world) => {
        const { account } = await world.newcomer('patient');
        return world.refusal(world.operator, 'account.suspend', { account, reason: world.bytes() });
      },
    },
  ],
  'role-refused': [
    {
      name: 'registering as operator',
      when: async (world) => {
        const person = await newPerson(world.random);
        const body = { ...registration(world.net, person, 'doctor'), role: 'operator' as const };
        return world.refusal(person, 'account.register', body);
      },
    },
    {
      name: 'activating oneself',
      when: async (world) => {
        const doctor = await world.member('doctor');
        return world.refusal(doctor, 'account.activate', { account: doctor.account });
      },
    },
    {
      name: 'a patient asks for access',
      when: async (world) => {
        const patient = await world.member('patient');
        return world.refusal(patient, 'request.make', world.requestBody(await world.member('patient')));
      },
    },
    {
      name: 'an institute delegates',
      when: async (world) => {
        const institute = await world.member('institute');
        const { patient, colleague } = await clinic(world);
        return world.refusal(institute, 'delegation.make', world.delegationBody(colleague, [patient]));
      },
    },
    {
      name: 'an operator reads',
      when: async (world) => {
        const { record } = await clinic(world);
        return world.refusal(world.operator, 'read.open', world.readBody(record, ''));
      },
    },
    {
      name: 'suspending an operator',
      when: (world) =>
        world.refusal(world.operator, 'account.suspend', { account: world.operator.account, reason: world.bytes() }),
    },
  ],
  'possession-unproven': [
    {
      name: "keys copied from another account, with that account's proof",
      when: async (world) => {
        const [victim, thief] = [await newPerson(world.random), await newPerson(world.random)];
        const { A, B, boxKey, possession } = registration(world.net, victim, 'doctor');
        const own = registration(world.net, thief, 'doctor');
        return world.refusal(thief, 'account.register', { ...own, A, B, boxKey, possession });
      },
    },
    {
      name: 'a proof made for another network',
      when: async (world) => {
        const person = await newPerson(world.random);
        const elsewhere = { network: world.bytes(), random: world.random };
        return world.refusal(person, 'account.register', registration(elsewhere, person, 'doctor'));
      },
    },
    {
      name: 'keys that are no points',
      when: async (world) => {
        const person = await newPerson(world.random);
        const body = registration(world.net, person, 'doctor');
        return world.refusal(person, 'account.register', { ...body, A: new Uint8Array(96), B: new Uint8Array(48) });
      },
    },
    {
      name: 'rotating to unproven keys',
      when: async (world) => {
        const [person, other] = [await world.member('patient'), await newPerson(world.random)];
        return world.refusal(person, 'account.rotate', rotation(world, other));
      },
    },
  ],
  'account-exists': [
    {
      name: 'registering twice',
      when: async (world) => {
        const person = await world.newcomer('patient');
        return world.refusal(person, 'account.register', registration(world.net, person, 'patient'));
      },
    },
    {
      name: "taking over an account's id with keys of one's own",
      when: async (world) => {
        const victim = await world.member('patient');
        const thief = { ...(await newPerson(world.random)), account: victim.account };
        return world.refusal(thief, 'account.register', registration(world.net, thief, 'patient'));
      },
    },
  ],
  'account-unknown': [
    {
      name: 'activating nobody',
      when: (world) => world.refusal(world.operator, 'account.activate', { account: world.id() }),
    },
    {
      name: 'assigning a patient as doctor',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const swapped = { doctor: patient.account, patient: doctor.account, introduction: world.bytes() };
        return world.refusal(world.operator, 'assignment.start', swapped);
      },
    },
    {
      name: 'asking a doctor for access',
      when: async (world) => {
        const { doctor } = await pair(world);
        return world.refusal(doctor, 'request.make', world.requestBody(await world.member('doctor')));
      },
    },
  ],
  'account-not-waiting': [
    {
      name: 'activating twice',
      when: async (world) => {
        const { account } = await world.member('patient');
        return world.refusal(world.operator, 'account.activate', { account });
      },
    },
    {
      name: 'rejecting who is active',
      when: async (world) => {
        const { account } = await world.member('patient');
        return world.refusal(world.operator, 'account.reject', { account, reason: world.bytes() });
      },
    },
  ],
  'account-not-suspended': [
    {
      name: 'resuming who is active',
      when: async (world) => {
        const { account } = await world.member('patient');
        return world.refusal(world.operator, 'account.resume', { account });
      },
    },
  ],
  'device-exists': [
    {
      name: 'adding the id of a revoked device with another key',
      when: async (world) => {
        const patient = await world.member('patient');
        const device = await newDevice(world.random);
        await world.do(patient, 'device.add', { device: named(device) });
        await world.do(patient, 'device.revoke', { device: device.id, since: 0 });
        const reused = { ...named(await newDevice(world.random)), id: device.id };
        return world.refusal(patient, 'device.add', { device: reused });
      },
    },
    {
      name: 'rotating to the sign-in device at hand',
      when: async (world) => {
        const patient = await world.member('patient');
        return world.refusal(patient, 'account.rotate', rotation(world, patient));
      },
    },
  ],
  'device-same': [
    {
      name: 'one key as device and sign-in device',
      when: async (world) => {
        const person = await newPerson(world.random);
        const body = registration(world.net, person, 'patient');
        return world.refusal(person, 'account.register', { ...body, signIn: { ...body.signIn, key: body.device.key } });
      },
    },
  ],
  'device-limit': [
    {
      name: 'one device too many',
      facts: { limit: DEVICES_LIMIT },
      when: async (world) => {
        const patient = await world.member('patient');
        for (let held = 2; held < DEVICES_LIMIT; held++)
          await world.do(patient, 'device.add', { device: named(await newDevice(world.random)) });
        return world.refusal(patient, 'device.add', { device: named(await newDevice(world.random)) });
      },
    },
  ],
  'device-unknown': [
    {
      name: 'revoking twice',
      when: async (world) => {
        const patient = await world.member('patient');
        const device = await newDevice(world.random);
        await world.do(patient, 'device.add', { device: named(device) });
        await world.do(patient, 'device.revoke', { device: device.id, since: 0 });
        return world.refusal(patient, 'device.revoke', { device: device.id, since: 0 });
      },
    },
    {
      name: "revoking another account's device",
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        return world.refusal(doctor, 'device.revoke', { device: patient.device.id, since: 0 });
      },
    },
  ],
  'device-last': [
    {
      name: 'revoking the only device',
      when: async (world) => {
        const patient = await world.member('patient');
        return world.refusal(patient, 'device.revoke', { device: patient.device.id, since: 0 });
      },
    },
    {
      name: 'revoking all devices through their ancestor',
      when: async (world) => {
        const patient = await world.member('patient');
        await world.do(patient, 'device.add', { device: named(await newDevice(world.random)) });
        return world.refusal(patient, 'device.revoke', { device: patient.device.id, since: 1 });
      },
    },
  ],
  'assignment-unchanged': [
    {
      name: 'ending what never began',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const named = { doctor: doctor.account, patient: patient.account };
        return world.refusal(world.operator, 'assignment.end', named);
      },
    },
    {
      name: 'starting twice',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const named = { doctor: doctor.account, patient: patient.account, introduction: world.bytes() };
        await world.do(world.operator, 'assignment.start', named);
        return world.refusal(world.operator, 'assignment.start', named);
      },
    },
  ],
  'author-refused': [
    {
      name: 'a doctor without grant or assignment',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        return world.refusal(doctor, 'record.commit', world.commitBody(patient.account));
      },
    },
    {
      name: 'a doctor whose grant has ended',
      when: async (world) => {
        const { doctor, patient } = await clinic(world);
        await world.do(patient, 'consent.revoke', { reader: doctor.account });
        return world.refusal(doctor, 'record.commit', world.commitBody(patient.account));
      },
    },
    {
      name: 'a doctor whose grant has run out',
      when: async (world) => {
        const { doctor, patient } = await clinic(world);
        world.wait(101);
        return world.refusal(doctor, 'record.commit', world.commitBody(patient.account));
      },
    },
    {
      name: "editing another's record",
      when: async (world) => {
        const { edit } = await edited(world);
        return world.refusal(await world.member('doctor'), 'record.update', edit);
      },
    },
  ],
  'record-exists': [
    {
      name: 'committing a record twice',
      when: async (world) => {
        const { author, body } = await edited(world);
        return world.refusal(author, 'record.commit', body);
      },
    },
  ],
  'record-unknown': [
    {
      name: 'editing what is not there',
      when: async (world) => {
        const { author, edit } = await edited(world);
        return world.refusal(author, 'record.update', { ...edit, group: 'document' });
      },
    },
    {
      name: 'reading a generation that is not there',
      when: async (world) => {
        const { patient, record } = await clinic(world);
        return world.refusal(patient, 'read.open', world.readBody(record, '', 2));
      },
    },
    {
      name: 'reading generation 0',
      when: async (world) => {
        const { patient, record } = await clinic(world);
        return world.refusal(patient, 'read.open', world.readBody(record, '', 0));
      },
    },
  ],
  'record-conflict': [
    {
      name: 'two devices edit at once',
      facts: { version: 2, generation: 1 },
      when: async (world) => {
        const { author, edit } = await edited(world);
        await world.do(author, 'record.update', edit);
        return world.refusal(author, 'record.update', { ...edit, bodyRoot: world.bytes() });
      },
    },
    {
      name: 'an edit of another body',
      when: async (world) => {
        const { author, edit } = await edited(world);
        return world.refusal(author, 'record.update', { ...edit, previous: world.bytes() });
      },
    },
    {
      name: 'a generation left out',
      when: async (world) => {
        const { author, body, edit } = await edited(world);
        const { c1, com, year } = body;
        return world.refusal(author, 'record.generation', { ...edit, generation: 3, c1, com, year });
      },
    },
    {
      name: 'an update that claims a new generation',
      when: async (world) => {
        const { author, edit } = await edited(world);
        return world.refusal(author, 'record.update', { ...edit, generation: 2 });
      },
    },
  ],
  'generation-closed': [
    {
      name: 'an edit after a consent was revoked',
      when: async (world) => {
        const { author, edit } = await edited(world);
        const doctor = await world.member('doctor');
        await world.grant(author, doctor);
        await world.do(author, 'consent.revoke', { reader: doctor.account });
        return world.refusal(author, 'record.update', edit);
      },
    },
    {
      name: 'an edit after a reader was suspended, and resumed',
      when: async (world) => {
        const { author, edit } = await edited(world);
        const { account } = await world.member('doctor').then(async (doctor) => {
          await world.grant(author, doctor);
          return doctor;
        });
        await world.do(world.operator, 'account.suspend', { account, reason: world.bytes() });
        await world.do(world.operator, 'account.resume', { account });
        return world.refusal(author, 'record.update', edit);
      },
    },
    {
      name: 'an edit after a consent ran out',
      when: async (world) => {
        const { author, edit } = await edited(world);
        await world.grant(author, await world.member('doctor'));
        world.wait(101);
        return world.refusal(author, 'record.update', edit);
      },
    },
    {
      name: 'an edit after a consent ran out and another was given',
      when: async (world) => {
        const { author, edit } = await edited(world);
        await world.grant(author, await world.member('doctor'));
        world.wait(101);
        await world.grant(author, await world.member('doctor'));
        return world.refusal(author, 'record.update', edit);
      },
    },
    {
      name: 'an edit after a consent was replaced by another',
      when: async (world) => {
        const { author, edit } = await edited(world);
        const doctor = await world.member('doctor');
        await world.grant(author, doctor);
        await world.grant(author, doctor, { groups: ['document'] });
        return world.refusal(author, 'record.update', edit);
      },
    },
    {
      name: 'an edit after a delegation ended',
      when: async (world) => {
        const { author, edit } = await edited(world);
        const [doctor, colleague] = [await world.member('doctor'), await world.member('doctor')];
        await world.grant(author, doctor);
        const delegation = await world.delegation(doctor, colleague, [author]);
        await world.do(doctor, 'delegation.end', { delegation });
        return world.refusal(author, 'record.update', edit);
      },
    },
  ],
  'year-refused': [
    {
      name: 'last year’s seal',
      when: async (world) => {
        const patient = await world.member('patient');
        const body = world.commitBody(patient.account);
        return world.refusal(patient, 'record.commit', { ...body, year: body.year - 1 });
      },
    },
    {
      name: 'a generation of a year to come',
      when: async (world) => {
        const { author, body, edit } = await edited(world);
        const { c1, com, year } = body;
        return world.refusal(author, 'record.generation', { ...edit, generation: 2, c1, com, year: year + 1 });
      },
    },
  ],
  'request-exists': [
    {
      name: "another's request id",
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const request = await world.request(doctor, patient);
        const body = { ...world.requestBody(await world.member('patient')), request };
        return world.refusal(doctor, 'request.make', body);
      },
    },
  ],
  'request-unknown': [
    {
      name: 'verifying nothing',
      when: (world) => world.refusal(world.operator, 'request.verify', { request: world.id() }),
    },
  ],
  'request-repeated': [
    {
      name: 'asking twice',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        await world.request(doctor, patient);
        return world.refusal(doctor, 'request.make', world.requestBody(patient));
      },
    },
  ],
  'request-not-yours': [
    {
      name: "withdrawing another's request",
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const request = await world.request(doctor, patient);
        return world.refusal(await world.member('doctor'), 'request.withdraw', { request });
      },
    },
    {
      name: 'rejecting what another patient was asked',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const request = await world.request(doctor, patient);
        return world.refusal(await world.member('patient'), 'request.reject', { request, reason: world.bytes() });
      },
    },
  ],
  'request-state': [
    {
      name: 'consent before it is verified',
      facts: { status: 'waiting' },
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const body = world.requestBody(patient);
        await world.do(doctor, 'request.make', body);
        return world.refusal(patient, 'consent.give', world.consentBody(body.request));
      },
    },
    {
      name: 'consent to a withdrawn request',
      facts: { status: 'withdrawn' },
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const request = await world.request(doctor, patient);
        await world.do(doctor, 'request.withdraw', { request });
        return world.refusal(patient, 'consent.give', world.consentBody(request));
      },
    },
    {
      name: 'consent twice',
      facts: { status: 'approved' },
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const request = await world.request(doctor, patient);
        await world.do(patient, 'consent.give', world.consentBody(request));
        return world.refusal(patient, 'consent.give', world.consentBody(request));
      },
    },
    {
      name: 'the patient rejects before it is verified',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const body = world.requestBody(patient);
        await world.do(doctor, 'request.make', body);
        return world.refusal(patient, 'request.reject', { request: body.request, reason: world.bytes() });
      },
    },
  ],
  'request-expired': [
    {
      name: 'consent after two weeks',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const request = await world.request(doctor, patient);
        world.wait(14);
        return world.refusal(patient, 'consent.give', world.consentBody(request));
      },
    },
    {
      name: 'verification after two weeks',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const body = world.requestBody(patient);
        await world.do(doctor, 'request.make', body);
        world.wait(14);
        return world.refusal(world.operator, 'request.verify', { request: body.request });
      },
    },
  ],
  'period-refused': [
    {
      name: 'access for more than five years',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        return world.refusal(doctor, 'request.make', world.requestBody(patient, 1_828));
      },
    },
    {
      name: 'access that has ended',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        return world.refusal(doctor, 'request.make', world.requestBody(patient, 0));
      },
    },
    {
      name: 'consent for longer than asked',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const request = await world.request(doctor, patient);
        return world.refusal(patient, 'consent.give', world.consentBody(request, { until: world.in(366) }));
      },
    },
    {
      name: 'a delegation that has ended',
      when: async (world) => {
        const { doctor, colleague, patient } = await clinic(world);
        const body = world.delegationBody(colleague, [patient], { until: world.time });
        return world.refusal(doctor, 'delegation.make', body);
      },
    },
  ],
  'consent-not-yours': [
    {
      name: 'consent by another patient',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const request = await world.request(doctor, patient);
        return world.refusal(await world.member('patient'), 'consent.give', world.consentBody(request));
      },
    },
    {
      name: 'consent by the one who asks',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        return world.refusal(doctor, 'consent.give', world.consentBody(await world.request(doctor, patient)));
      },
    },
  ],
  'scope-refused': [
    {
      name: 'consent to more than asked',
      when: async (world) => {
        const { doctor, patient } = await pair(world);
        const body = { ...world.requestBody(patient), groups: ['vitals' as const] };
        await world.do(doctor, 'request.make', body);
        await world.do(world.operator, 'request.verify', { request: body.request });
        return world.refusal(patient, 'consent.give', world.consentBody(body.request, { groups: ['document'] }));
      },
    },
  ],
  'reader-limit': [
    {
      name: 'one reader too many',
      when: async (world) => {
        const { doctor, colleague, patient } = await clinic(world);
        for (let held = 1; held < 256; held++) await world.delegation(doctor, colleague, [patient]);
        return world.refusal(doctor, 'delegation.make', world.delegationBody(colleague, [patient]));
      },
    },
  ],
  'grant-unknown': [
    {
      name: 'revoking twice',
      when: async (world) => {
        const { doctor, patient } = await clinic(world);
        await world.do(patient, 'consent.revoke', { reader: doctor.account });
        return world.refusal(patient, 'consent.revoke', { reader: doctor.account });
      },
    },
  ],
  'delegation-exists': [
    {
      name: 'a delegation id used twice',
      when: async (world) => {
        const { doctor, colleague, patient } = await clinic(world);
        const delegation = await world.delegation(doctor, colleague, [patient]);
        return world.refusal(doctor, 'delegation.make', world.delegationBody(colleague, [patient], { delegation }));
      },
    },
  ],
  'delegation-refused': [
    {
      name: 'to oneself',
      facts: { why: 'to' },
      when: async (world) => {
        const { doctor, patient } = await clinic(world);
        return world.refusal(doctor, 'delegation.make', world.delegationBody(doctor, [patient]));
      },
    },
    {
      name: 'to a patient',
      facts: { why: 'to' },
      when: async (world) => {
        const { doctor, patient } = await clinic(world);
        return world.refusal(doctor, 'delegation.make', world.delegationBody(await world.member('patient'), [patient]));
      },
    },
    {
      name: 'without a grant',
      facts: { why: 'grant-unknown' },
      when: async (world) => {
        const { doctor, colleague } = await clinic(world);
        const stranger = await world.member('patient');
        return world.refusal(doctor, 'delegation.make', world.delegationBody(colleague, [stranger]));
      },
    },
    {
      name: 'a grant that has run out',
      facts: { why: 'grant-expired' },
      when: async (world) => {
        const { doctor, colleague, patient } = await clinic(world);
        world.wait(101);
        return world.refusal(doctor, 'delegation.make', world.delegationBody(colleague, [patient]));
      },
    },
    {
      name: 'a grant that may not be passed on to that role',
      facts: { why: 'role' },
      when: async (world) => {
        const { doctor, patient } = await clinic(world);
        const institute = await world.member('institute');
        return world.refusal(doctor, 'delegation.make', world.delegationBody(institute, [patient]));
      },
    },
    {
      name: 'longer than the grant',
      facts: { why: 'period' },
      when: async (world) => {
        const { doctor, colleague, patient } = await clinic(world);
        const body = world.delegationBody(colleague, [patient], { until: world.in(101) });
        return world.refusal(doctor, 'delegation.make', body);
      },
    },
    {
      name: 'a delegate delegates on',
      facts: { why: 'grant-unknown' },
      when: async (world) => {
        const { doctor, colleague, patient } = await clinic(world);
        await world.delegation(doctor, colleague, [patient]);
        return world.refusal(
          colleague,
          'delegation.make',
          world.delegationBody(await world.member('doctor'), [patient]),
        );
      },
    },
  ],
  'delegation-unknown': [
    {
      name: 'ending twice',
      when: async (world) => {
        const { doctor, colleague, patient } = await clinic(world);
        const delegation = await world.delegation(doctor, colleague, [patient]);
        await world.do(doctor, 'delegation.end', { delegation });
        return world.refusal(patient, 'delegation.end', { delegation });
      },
    },
    {
      name: 'ended by the delegate',
      when: async (world) => {
        const { doctor, colleague, patient } = await clinic(world);
        const delegation = await world.delegation(doctor, colleague, [patient]);
        return world.refusal(colleague, 'delegation.end', { delegation });
      },
    },
  ],
  'read-refused': [
    {
      name: 'a stranger names no grant',
      facts: { why: 'grant-unknown' },
      when: async (world) => {
        const { record } = await clinic(world);
        return world.refusal(await world.member('doctor'), 'read.open', world.readBody(record, ''));
      },
    },
    {
      name: "another reader's grant",
      facts: { why: 'grant-unknown' },
      when: async (world) => {
        const { record, grant, colleague } = await clinic(world);
        return world.refusal(colleague, 'read.open', world.readBody(record, grant));
      },
    },
    {
      name: 'a revoked grant',
      facts: { why: 'grant-ended' },
      when: async (world) => {
        const { doctor, patient, record, grant } = await clinic(world);
        await world.do(patient, 'consent.revoke', { reader: doctor.account });
        return world.refusal(doctor, 'read.open', world.readBody(record, grant));
      },
    },
    {
      name: 'a grant that has run out',
      facts: { why: 'grant-expired' },
      when: async (world) => {
        const { doctor, record, grant } = await clinic(world);
        world.wait(101);
        return world.refusal(doctor, 'read.open', world.readBody(record, grant));
      },
    },
    {
      name: 'another field group',
      facts: { why: 'group' },
      when: async (world) => {
        const { doctor, record, grant } = await clinic(world, { groups: ['document'] });
        return world.refusal(doctor, 'read.open', world.readBody(record, grant));
      },
    },
    {
      name: 'a record from before, which the grant leaves out',
      facts: { why: 'older' },
      when: async (world) => {
        const { doctor, record, grant } = await clinic(world, { existing: false });
        return world.refusal(doctor, 'read.open', world.readBody(record, grant));
      },
    },
    {
      name: 'the grant of another patient',
      facts: { why: 'grant-unknown' },
      when: async (world) => {
        const { doctor, grant } = await clinic(world);
        const record = await world.record(await world.member('patient'));
        return world.refusal(doctor, 'read.open', world.readBody(record, grant));
      },
    },
    {
      name: 'an ended delegation',
      facts: { why: 'delegation-ended' },
      when: async (world) => {
        const { doctor, colleague, patient, record } = await clinic(world);
        const delegation = await world.delegation(doctor, colleague, [patient]);
        await world.do(patient, 'delegation.end', { delegation });
        return world.refusal(colleague, 'read.open', world.readBody(record, delegation));
      },
    },
    {
      name: 'a delegation that has run out',
      facts: { why: 'delegation-expired' },
      when: async (world) => {
        const { doctor, colleague, patient, record } = await clinic(world);
        const delegation = await world.delegation(doctor, colleague, [patient]);
        world.wait(51);
        return world.refusal(colleague, 'read.open', world.readBody(record, delegation));
      },
    },
    {
      name: 'a patient whom the delegation does not name',
      facts: { why: 'patient' },
      when: async (world) => {
        const { doctor, colleague, patient } = await clinic(world);
        const other = await world.member('patient');
        const record = await world.record(other);
        await world.grant(other, doctor);
        const delegation = await world.delegation(doctor, colleague, [patient]);
        return world.refusal(colleague, 'read.open', world.readBody(record, delegation));
      },
    },
    {
      name: 'a year that the delegation does not name',
      facts: { why: 'year' },
      when: async (world) => {
        const { doctor, colleague, patient, record } = await clinic(world);
        const delegation = await world.delegation(doctor, colleague, [patient], { years: [2000] });
        return world.refusal(colleague, 'read.open', world.readBody(record, delegation));
      },
    },
    {
      name: 'a delegation whose maker is suspended',
      facts: { why: 'maker-inactive' },
      when: async (world) => {
        const { doctor, colleague, patient, record } = await clinic(world);
        const delegation = await world.delegation(doctor, colleague, [patient]);
        await world.do(world.operator, 'account.suspend', { account: doctor.account, reason: world.bytes() });
        return world.refusal(colleague, 'read.open', world.readBody(record, delegation));
      },
    },
    {
      name: "a delegation whose maker's consent was revoked",
      facts: { why: 'maker-grant-ended' },
      when: async (world) => {
        const { doctor, colleague, patient, record } = await clinic(world);
        const delegation = await world.delegation(doctor, colleague, [patient]);
        await world.do(patient, 'consent.revoke', { reader: doctor.account });
        return world.refusal(colleague, 'read.open', world.readBody(record, delegation));
      },
    },
    {
      name: 'a delegation from before a revocation, after a new consent',
      facts: { why: 'maker-grant-replaced' },
      when: async (world) => {
        const { doctor, colleague, patient, record } = await clinic(world);
        const delegation = await world.delegation(doctor, colleague, [patient]);
        await world.do(patient, 'consent.revoke', { reader: doctor.account });
        await world.grant(patient, doctor);
        return world.refusal(colleague, 'read.open', world.readBody(record, delegation));
      },
    },
    {
      name: "a delegation beyond its maker's groups",
      facts: { why: 'maker-group' },
      when: async (world) => {
        const { doctor, colleague, patient, record } = await clinic(world, { groups: ['document'] });
        const delegation = await world.delegation(doctor, colleague, [patient]);
        return world.refusal(colleague, 'read.open', world.readBody(record, delegation));
      },
    },
    {
      name: 'a delegation to somebody else',
      facts: { why: 'grant-unknown' },
      when: async (world) => {
        const { doctor, colleague, patient, record } = await clinic(world);
        const delegation = await world.delegation(doctor, colleague, [patient]);
        return world.refusal(await world.member('doctor'), 'read.open', world.readBody(record, delegation));
      },
    },
    {
      name: 'one refused read among allowed ones',
      facts: { why: 'grant-unknown' },
      when: async (world) => {
        const { doctor, record, grant } = await clinic(world);
        const other = await world.record(await world.member('patient'));
        const body = world.readBody(record, grant);
        return world.refusal(doctor, 'read.open', {
          ...body,
          reads: [...body.reads, ...world.readBody(other, grant).reads],
        });
      },
    },
  ],
  'restoration-refused': [
    {
      name: 'a restore to a block that is still to come',
      when: (world) =>
        world.refusal(world.operator, 'node.restored', {
          restoration: world.id(),
          height: world.height + 1,
          backedUpAt: world.time,
          restoredAt: world.time,
        }),
    },
  ],
  'storage-key-unsound': [
    {
      name: 'an α key that is no point',
      when: async (world) =>
        world.refusal(world.operator, 'storage.key', { ...(await storing(world)).key, alphaKey: world.bytes(96) }),
    },
    {
      name: 'a certificate that is no point',
      when: async (world) =>
        world.refusal(world.operator, 'storage.key', { ...(await storing(world)).key, certificate: world.bytes(96) }),
    },
  ],
  'storage-key-unknown': [
    {
      name: 'an audit before anything is tagged',
      when: (world) =>
        world.refusal(world.operator, 'audit.begin', {
          audit: world.id(),
          commitment: world.bytes(),
          clouds: ['store-1'],
          sample: 460,
        }),
    },
  ],
  'storage-not-yours': [
    {
      name: 'pieces told by a node whose key was replaced by another node',
      when: async (world) => {
        const { key, batch } = await storing(world);
        const [first, second] = [await newDevice(world.random), await newDevice(world.random)];
        await world.do(world.operator, 'storage.key', { ...key, device: named(first) });
        // A device of the same kind that the key does not name: only a second operator's node could have one.
        world.values.set(deviceKey(world.operator.account, second.id), {
          ...world.values.get(deviceKey(world.operator.account, first.id))!,
          key: second.key,
        } as never);
        return world.refusal({ ...world.operator, device: second }, 'storage.commit', batch());
      },
    },
  ],
  'pieces-malformed': [
    {
      name: 'a list that is cut',
      when: async (world) => {
        const { node, batch } = await storing(world);
        return world.refusal(node, 'storage.commit', { ...batch(), pieces: batch().pieces.subarray(1) });
      },
    },
    {
      name: 'an empty list',
      when: async (world) =>
        world.refusal((await storing(world)).node, 'storage.commit', {
          cloud: 'store-1',
          pieces: new Uint8Array(0),
        }),
    },
    {
      name: 'a piece named twice',
      when: async (world) => {
        const { node } = await storing(world);
        const piece = { root: world.bytes(), sizeBytes: 5 };
        return world.refusal(node, 'storage.commit', { cloud: 'store-1', pieces: writePieces([piece, piece]) });
      },
    },
    {
      name: 'a piece without bytes',
      when: async (world) =>
        world.refusal((await storing(world)).node, 'storage.commit', {
          cloud: 'store-1',
          pieces: writePieces([{ root: world.bytes(), sizeBytes: 0 }]),
        }),
    },
  ],
  'batch-unknown': [
    {
      name: 'a batch retired twice',
      when: async (world) => {
        const { node, batch } = await storing(world);
        await world.do(node, 'storage.commit', batch());
        await world.do(node, 'storage.retire', { cloud: 'store-1', batch: 1 });
        return world.refusal(node, 'storage.retire', { cloud: 'store-1', batch: 1 });
      },
    },
  ],
  'repairs-repeated': [
    {
      name: 'a store whose repairs are told twice',
      when: async (world) => {
        const repair = { cloud: 'store-1', pieces: 1 };
        return world.refusal((await storing(world)).node, 'storage.repaired', { repairs: [repair, repair] });
      },
    },
  ],
  'audit-exists': [
    {
      name: 'an audit begun twice',
      when: async (world) => {
        const { begun, beginning } = await storing(world);
        return world.refusal(world.operator, 'audit.begin', beginning(await begun()));
      },
    },
  ],
  'audit-cloud-empty': [
    {
      name: 'a cloud of which nothing is committed',
      when: async (world) => {
        const { beginning } = await storing(world);
        return world.refusal(world.operator, 'audit.begin', { ...beginning(world.id()), clouds: ['store-9'] });
      },
    },
    {
      name: 'a cloud of which everything was committed under an earlier key',
      when: async (world) => {
        const { node, key, batch, beginning } = await storing(world);
        await world.do(node, 'storage.commit', batch());
        await world.do(world.operator, 'storage.key', key);
        return world.refusal(world.operator, 'audit.begin', beginning(world.id()));
      },
    },
  ],
  'sample-empty': [
    {
      name: 'an audit of no block',
      when: async (world) =>
        world.refusal(world.operator, 'audit.begin', {
          ...(await storing(world)).beginning(world.id()),
          sample: 0,
        }),
    },
  ],
  'audit-unknown': [
    {
      name: 'a nonce of an audit that nobody began',
      when: async (world) => {
        await storing(world);
        return world.refusal(world.operator, 'audit.reveal', { audit: world.id(), nonce: world.bytes() });
      },
    },
  ],
  'audit-not-yours': [
    {
      name: 'a verdict of the node on an audit that a person began',
      when: async (world) => {
        const { node, begun, revealed, verdict } = await storing(world);
        return world.refusal(node, 'audit.result', verdict(await revealed(await begun())));
      },
    },
  ],
  'audit-state': [
    {
      name: 'a verdict before it is known what was asked',
      when: async (world) => {
        const { begun, verdict } = await storing(world);
        return world.refusal(world.operator, 'audit.result', verdict(await begun()));
      },
    },
    {
      name: 'a second verdict',
      when: async (world) => {
        const { begun, revealed, verdict } = await storing(world);
        const audit = await revealed(await begun());
        await world.do(world.operator, 'audit.result', verdict(audit));
        return world.refusal(world.operator, 'audit.result', verdict(audit));
      },
    },
  ],
  'audit-early': [
    {
      name: 'a nonce in the block that it is committed to in: whoever makes the block would know it',
      when: async (world) => {
        const { begun, nonce } = await storing(world);
        const audit = await begun();
        // As if both stood in one block.
        world.height--;
        return world.refusal(world.operator, 'audit.reveal', { audit, nonce });
      },
    },
  ],
  'nonce-refused': [
    {
      name: 'another nonce than the one committed to',
      when: async (world) => {
        const { begun } = await storing(world);
        return world.refusal(world.operator, 'audit.reveal', { audit: await begun(), nonce: world.bytes() });
      },
    },
  ],
  'verdicts-refused': [
    {
      name: 'a verdict that says nothing of a cloud that was asked',
      when: async (world) => {
        const { begun, revealed, verdict } = await storing(world);
        const audit = await revealed(await begun());
        const [first] = verdict(audit).verdicts;
        return world.refusal(world.operator, 'audit.result', {
          ...verdict(audit),
          verdicts: [{ ...first!, cloud: 'store-7' }],
        });
      },
    },
  ],
};

/** Rejected where no contract is asked: see wire.test.ts and the ledger's tests. */
const ELSEWHERE = ['operation-network', 'operation-id-used', 'genesis-invalid'];

describe('what is rejected, by code', () => {
  const seen = new Set<string>();
  for (const [code, entries] of Object.entries(cases))
    describe(code, () => {
      for (const { name, facts, when } of entries)
        it(name, async () => {
          const world = await World.make(name);
          const refusal = await when(world);
          expect(refusal.code).toBe(code);
          if (facts) expect(refusal.facts).toMatchObject(facts);
          seen.add(code);
        });
    });

  afterAll(() => {
    expect([...seen, ...ELSEWHERE].sort()).toEqual([...contractCodes].sort());
  });
});

describe('a revoked device', () => {
  it('adds no device, not even with an operation it signed before', async () => {
    const world = await World.make('revoked-device');
    const patient = await world.member('patient');
    const [stolen, planted] = [await newDevice(world.random), await newDevice(world.random)];
    await world.do(patient, 'device.add', { device: named(stolen) });
    await world.do(patient, 'device.revoke', { device: stolen.id, since: 0 });
    const thief = { account: patient.account, device: stolen };
    expect(await world.refusal(thief, 'device.add', { device: named(planted) })).toMatchObject({
      code: 'signer-revoked',
    });
    expect(world.get(deviceKey(patient.account, planted.id))).toBeUndefined();
  });
});
