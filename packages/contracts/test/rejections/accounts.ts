import { DEVICES_LIMIT } from '../../src/index.ts';
import { named, newDevice, newPerson, registration } from '../fixture/people.ts';
import { type Cases, pair, rotation } from './case.ts';

export const accounts: Cases = {
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
};
