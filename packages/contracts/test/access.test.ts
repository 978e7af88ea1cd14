import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountKey, deviceKey } from '../src/index.ts';
import { type Device, named, newDevice } from './fixture/people.ts';
import { World } from './fixture/world.ts';

describe('revoking a device since a height', () => {
  it('takes exactly what descends from it through additions since then', async () => {
    const additions = fc.array(fc.nat({ max: 9 }), { minLength: 3, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(additions, fc.nat(), fc.nat(), async (parents, which, from) => {
        const world = await World.make(`tree-${parents.join()}`);
        const patient = await world.member('patient');
        const { account } = patient;
        const devices: { device: Device; parent: number; at: number }[] = [
          { device: patient.device, parent: -1, at: 0 },
        ];
        for (const pick of parents) {
          const parent = pick % devices.length;
          const device = await newDevice(world.random);
          await world.do({ account, device: devices[parent]!.device }, 'device.add', { device: named(device) });
          devices.push({ device, parent, at: world.height });
        }
        const target = 1 + (which % parents.length);
        const since = 1 + devices[1]!.at + (from % parents.length);
        await world.do(patient, 'device.revoke', { device: devices[target]!.device.id, since });
        const goes = (i: number): boolean => {
          const { parent, at } = devices[i]!;
          return i === target || (i > 0 && at >= since && goes(parent));
        };
        const expected = devices.filter((_, i) => !goes(i)).map(({ device }) => device.id);
        const left = world.get(accountKey(account))!.devices.filter((id) => id !== patient.signIn.id);
        expect(left).toEqual(expected);
        for (const [i, { device }] of devices.entries())
          expect(world.get(deviceKey(account, device.id))!.revokedAt > 0).toBe(goes(i));
      }),
      { numRuns: 15 },
    );
  });
});

describe('a delegate', () => {
  it('reads under the new delegation after the patient consented again, and new records of an existing-only-new grant', async () => {
    const world = await World.make('again');
    const [doctor, colleague] = [await world.member('doctor'), await world.member('doctor')];
    const patient = await world.member('patient');
    const before = await world.record(patient);
    await world.grant(patient, doctor, { existing: false });
    const after = await world.record(patient);
    const delegation = await world.delegation(doctor, colleague, [patient]);
    await world.do(colleague, 'read.open', world.readBody(after, delegation));
    expect(await world.refusal(colleague, 'read.open', world.readBody(before, delegation))).toMatchObject({
      code: 'read-refused',
      facts: { why: 'maker-older' },
    });
    await world.grant(patient, doctor, { delegateTo: [] });
    expect(await world.refusal(colleague, 'read.open', world.readBody(after, delegation))).toMatchObject({
      facts: { why: 'maker-grant-replaced' },
    });
  });
});

describe('records kept in one generation', () => {
  it('are edited freely while readers come and nobody goes', async () => {
    const world = await World.make('come');
    const patient = await world.member('patient');
    const body = world.commitBody(patient.account);
    await world.do(patient, 'record.commit', body);
    let previous = body.bodyRoot;
    for (let version = 2; version < 6; version++) {
      await world.grant(patient, await world.member('doctor'));
      const bodyRoot = world.bytes();
      const { record, group } = body;
      await world.do(patient, 'record.update', { record, group, generation: 1, version, previous, bodyRoot });
      previous = bodyRoot;
    }
  });
});
