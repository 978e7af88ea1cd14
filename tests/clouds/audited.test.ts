import type { ObjectStore } from '@salus/clouds';
import type { PieceAccess } from '@salus/node';
import { cloudStatus, repairClouds } from '@salus/sdk';
import { missingPrograms, REAL_CLOUDS_PROGRAMS, type RealClouds, startRealClouds } from '@salus/testkit/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Hospital } from '../src/hospital.ts';
import { add } from '../src/sharing.ts';
import { audited, checked, document, verifiedElsewhere } from '../src/storageChecks.ts';

const why = missingPrograms(...REAL_CLOUDS_PROGRAMS);
const CLOUDS = ['azure', 'ftps', 'gcs', 's3', 'sftp', 'webdav'];
const TIMEOUT_MS = 240_000;

let hospital: Hospital;
let clouds: RealClouds;
let access: PieceAccess;
const stores = new Map<string, ObjectStore>();
/** Happens at the so-many-th read from the S3 server, before it. */
let atRead: { left: number; run: () => Promise<unknown> } | undefined;

const watched = {
  aroundStore: (store: ObjectStore, name: string): ObjectStore => {
    stores.set(name, store);
    if (name !== 's3') return store;
    return {
      put: (...given) => store.put(...given),
      putIfAbsent: (...given) => store.putIfAbsent(...given),
      get: async function* get(...given) {
        if (atRead && --atRead.left === 0) await atRead.run();
        yield* store.get(...given);
      },
      list: (...given) => store.list(...given),
      delete: (...given) => store.delete(...given),
    };
  },
};

beforeAll(async () => {
  if (why) return;
  hospital = await Hospital.open(async (home) => {
    clouds = await startRealClouds(home);
    return { stores: clouds.entries, storeTimeoutMs: 5_000 };
  }, watched);
  const { device } = await hospital.patient('Meera Nair');
  await add(device, document('tomography', 6));
  ({ access } = await checked(hospital.home, hospital.operator));
}, TIMEOUT_MS);
beforeEach(({ skip }) => skip(why !== undefined, why));
afterAll(async () => {
  await access?.close();
  await hospital?.stop();
  await clouds?.stop();
});

const all = (finding: string) => Object.fromEntries(CLOUDS.map((cloud) => [cloud, finding]));

describe('six real clouds of six kinds', { timeout: TIMEOUT_MS }, () => {
  it('prove what they hold to an auditor who reads them alone, and again on another machine', async () => {
    const { audit, found } = await audited(hospital.operator, access);
    expect(found).toEqual(all('held'));
    expect(await verifiedElsewhere(hospital.home, access)).toMatchObject({ audit, outcome: 'confirmed' });
  });

  it('of which one lost its objects are told apart, and the pieces are made again', async () => {
    const gcs = stores.get('gcs')!;
    for (const name of await gcs.list({ limit: 1_000 })) await gcs.delete(name);
    expect((await audited(hospital.operator, access)).found).toEqual({ ...all('held'), gcs: 'lost' });
    expect(await repairClouds(hospital.operator)).toMatchObject({ failed: 0 });
    expect((await audited(hospital.operator, access)).found).toEqual(all('held'));
  });

  it('of which two are killed in the middle of an audit are not blamed, and the others are proven', async () => {
    let killed = false;
    atRead = {
      left: 20,
      run: async () => {
        await Promise.all((['s3', 'webdav'] as const).map(clouds.kill));
        killed = true;
      },
    };
    const { audit, found } = await audited(hospital.operator, access);
    expect(killed).toBe(true);
    const { s3, webdav, ...others } = found;
    expect(s3).toBe('unreached');
    // It may have been proven before the other was asked.
    expect(['unreached', 'held']).toContain(webdav);
    const { s3: _s3, webdav: _webdav, ...held } = all('held');
    expect(others).toEqual(held);
    expect(await verifiedElsewhere(hospital.home, access, audit)).toMatchObject({ outcome: 'confirmed' });
    await Promise.all((['s3', 'webdav'] as const).map(clouds.again));
    // Whoever looks finds out that a store answers again.
    await cloudStatus(hospital.operator);
    expect(await repairClouds(hospital.operator)).toMatchObject({ repaired: 0, failed: 0 });
    expect((await audited(hospital.operator, access)).found).toEqual(all('held'));
  });
});
