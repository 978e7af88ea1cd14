import { named, newDevice, newPerson, registration } from '../fixture/people.ts';
import { storing } from '../fixture/storing.ts';
import { type Cases, clinic, pair, rotation } from './case.ts';

export const signers: Cases = {
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
};
