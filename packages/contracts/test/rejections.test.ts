import { afterAll, describe, expect, it } from 'vitest';
import { contractCodes, deviceKey } from '../src/index.ts';
import { named, newDevice } from './fixture/people.ts';
import { World } from './fixture/world.ts';
import { accounts } from './rejections/accounts.ts';
import { audits } from './rejections/audits.ts';
import { consents } from './rejections/consents.ts';
import { reads } from './rejections/reads.ts';
import { records } from './rejections/records.ts';
import { requests } from './rejections/requests.ts';
import { signers } from './rejections/signers.ts';
import { storage } from './rejections/storage.ts';

const cases = { ...signers, ...accounts, ...records, ...requests, ...consents, ...reads, ...storage, ...audits };

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
