import { type Cases, clinic, pair } from './case.ts';

export const requests: Cases = {
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
};
