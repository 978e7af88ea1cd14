import { type Cases, clinic, edited, pair } from './case.ts';

export const records: Cases = {
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
};
