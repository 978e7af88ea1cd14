import type { PieceAccess } from '@salus/node';
import { cloudStatus, repairClouds } from '@salus/sdk';
import { missingPrograms, REAL_CLOUDS_PROGRAMS } from '@salus/testkit/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Hospital } from '../src/hospital.ts';
import { openRealHospital, type RealHospital } from '../src/realHospital.ts';
import { add } from '../src/sharing.ts';
import { audited, checked, document, verifiedElsewhere } from '../src/storageChecks.ts';

const why = missingPrograms(...REAL_CLOUDS_PROGRAMS);
const CLOUDS = ['azure', 'ftps', 'gcs', 's3', 'sftp', 'webdav'];
const TIMEOUT_MS = 240_000;

let real: RealHospital;
let hospital: Hospital;
let access: PieceAccess;

beforeAll(async () => {
  if (why) return;
  real = await openRealHospital();
  ({ hospital } = real);
  const { device } = await hospital.patient('Meera Nair');
  await add(device, document('tomography', 6));
  ({ access } = await checked(hospital.home, hospital.operator));
}, TIMEOUT_MS);
beforeEach(({ skip }) => skip(why !== undefined, why));
afterAll(async () => {
  await access?.close();
  await real?.stop();
});

const all = (finding: string) => Object.fromEntries(CLOUDS.map((cloud) => [cloud, finding]));

describe('six real clouds of six kinds', { timeout: TIMEOUT_MS }, () => {
  it('prove what they hold to an auditor who reads them alone, and again on another machine', async () => {
    const { audit, found } = await audited(hospital.operator, access);
    expect(found).toEqual(all('held'));
    expect(await verifiedElsewhere(hospital.home, access)).toMatchObject({ audit, outcome: 'confirmed' });
  });

  it('of which one lost its objects are told apart, and the pieces are made again', async () => {
    const gcs = real.stores.named('gcs');
    for (const name of await gcs.list({ limit: 1_000 })) await gcs.delete(name);
    expect((await audited(hospital.operator, access)).found).toEqual({ ...all('held'), gcs: 'lost' });
    expect(await repairClouds(hospital.operator)).toMatchObject({ failed: 0 });
    expect((await audited(hospital.operator, access)).found).toEqual(all('held'));
  });

  it('of which two are killed in the middle of an audit are not blamed, and the others are proven', async () => {
    let killed = false;
    const andKill = async () => {
      await Promise.all((['s3', 'webdav'] as const).map(real.clouds.kill));
      killed = true;
    };
    real.stores.atCall('get', 20, andKill, ['s3']);
    const { audit, found } = await audited(hospital.operator, access);
    expect(killed).toBe(true);
    const { s3, webdav, ...others } = found;
    expect(s3).toBe('unreached');
    // It may have been proven before the other was asked.
    expect(['unreached', 'held']).toContain(webdav);
    const { s3: _s3, webdav: _webdav, ...held } = all('held');
    expect(others).toEqual(held);
    expect(await verifiedElsewhere(hospital.home, access, audit)).toMatchObject({ outcome: 'confirmed' });
    await Promise.all((['s3', 'webdav'] as const).map(real.clouds.again));
    // Whoever looks finds out that a store answers again.
    await cloudStatus(hospital.operator);
    expect(await repairClouds(hospital.operator)).toMatchObject({ repaired: 0, failed: 0 });
    expect((await audited(hospital.operator, access)).found).toEqual(all('held'));
  });
});
