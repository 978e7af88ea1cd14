import { type Cases, clinic, pair } from './case.ts';

export const consents: Cases = {
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
};
