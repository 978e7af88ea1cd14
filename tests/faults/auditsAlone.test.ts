import { rm } from 'node:fs/promises';
import { cloudStatus, listAudits } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital } from '../src/hospital.ts';
import { add, note } from '../src/sharing.ts';
import { checked, objectsIn, verifiedElsewhere } from '../src/storageChecks.ts';

let hospital: Hospital;

beforeAll(async () => {
  // Its clock goes on by a millisecond with each look: the test says when it is time again.
  hospital = await Hospital.open({ auditEveryMs: 1_000, tagEveryMs: 1_000 });
  const { device } = await hospital.patient('Meera Nair');
  await add(device, note('heart murmur'), note('skin rash'));
});
afterAll(() => hospital.stop());

/** Resolves when the ledger takes an operation of this type. */
const written = (type: string, of = hospital) =>
  new Promise<void>((resolve) => {
    const stop = of.node.context.ledger.subscribe(({ operations }) => {
      if (!operations.some(({ signed }) => signed.operation.type === type)) return;
      stop();
      resolve();
    });
  });

/** Lets the time pass until the next audit; gives what it found. */
async function nextAudit() {
  const judged = written('audit.result');
  hospital.clock.advance(1_000);
  await judged;
  return (await listAudits(hospital.operator)).at(-1)!;
}

describe('a node by itself', { timeout: 240_000 }, () => {
  it('checks its stores, says what it found, and makes again what one of them lost', async () => {
    const { access } = await checked(hospital.home, hospital.operator);
    // It may have begun when only some of the stores had been told of.
    let before = await nextAudit();
    while (before.verdicts.length < 6) before = await nextAudit();
    expect(before.verdicts.every(({ finding }) => finding === 'held')).toBe(true);
    for (const file of await objectsIn(hospital.home, 5)) await rm(file);
    const repaired = written('storage.repaired');
    const audit = await nextAudit();
    expect(audit).toMatchObject({ by: 'node', status: 'judged', sample: 460 });
    expect(audit.verdicts.filter(({ finding }) => finding !== 'held')).toEqual([{ cloud: 'store-5', finding: 'lost' }]);
    await repaired;
    const { stores } = await cloudStatus(hospital.operator);
    const store5 = stores.find(({ name }) => name === 'store-5')!;
    expect(store5.checked).toMatchObject({ finding: 'lost' });
    expect(store5.provenAt).toBeLessThan(store5.checked!.time);
    expect(store5.repaired).toBe(store5.shards);
    expect(await verifiedElsewhere(hospital.home, access)).toMatchObject({ by: 'node', outcome: 'confirmed' });
    await access.close();
  });

  it('writes down what it made again although nobody asked, of whatever it found by reading', async () => {
    const other = await Hospital.open({ repairEveryMs: 1_000, scanEveryMs: 1_000 });
    try {
      const { device } = await other.patient('Meera Nair');
      await add(device, note('heart murmur'));
      const { access } = await checked(other.home, other.operator);
      await access.close();
      const repaired = written('storage.repaired', other);
      for (const file of await objectsIn(other.home, 2)) await rm(file);
      await repaired;
      const { stores } = await cloudStatus(other.operator);
      expect(stores.map(({ name, repaired: pieces }) => [name, pieces]).filter(([, pieces]) => pieces)).toEqual([
        ['store-2', 1],
      ]);
    } finally {
      await other.stop();
    }
  });
});
