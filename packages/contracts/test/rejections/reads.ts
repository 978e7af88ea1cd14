import { type Cases, clinic } from './case.ts';

export const reads: Cases = {
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
};
