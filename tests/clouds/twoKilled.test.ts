import { addRecords, cloudStatus, myRecord, openOwn, repairClouds } from '@salus/sdk';
import { seededRandom } from '@salus/testkit';
import { type DurableServer, missingPrograms, REAL_CLOUDS_PROGRAMS, type RealClouds } from '@salus/testkit/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Hospital, Person } from '../src/hospital.ts';
import { openRealHospital, type RealHospital } from '../src/realHospital.ts';

const why = missingPrograms(...REAL_CLOUDS_PROGRAMS);
const PIECE = 1024 * 1024;
const SCAN = Buffer.from(seededRandom('a long scan')(20 * PIECE));

let real: RealHospital;
let hospital: Hospital;
let clouds: RealClouds;
let meera: Person;

beforeAll(async () => {
  if (why) return;
  real = await openRealHospital();
  ({ hospital, clouds } = real);
  meera = await hospital.patient('Meera Nair');
});
beforeEach(({ skip }) => skip(why !== undefined, why));
afterAll(() => real?.stop());

/** Saves the scan; `half` happens when half of it has been taken. */
async function save(half: () => Promise<unknown> = async () => {}): Promise<string> {
  async function* body() {
    for (let at = 0; at < SCAN.length; at += PIECE) {
      if (at === SCAN.length / 2) await half();
      yield SCAN.subarray(at, at + PIECE);
    }
  }
  const contents = [{ kind: 'document' as const, title: 'scan', fileName: 'scan.bin', body }];
  for await (const { record } of addRecords(meera.device, contents)) return record;
  throw new Error('nothing was saved');
}

/** Reads a scan; `half` happens when half of it has arrived. */
async function read(record: string, half: () => Promise<unknown> = async () => {}): Promise<boolean> {
  const parts: Uint8Array[] = [];
  const content = await openOwn(meera.device, await myRecord(meera.device, record));
  let received = 0;
  let pending: (() => Promise<unknown>) | undefined = half;
  for await (const part of content.content()) {
    parts.push(part);
    received += part.length;
    if (received < SCAN.length / 2 || !pending) continue;
    await pending();
    pending = undefined;
  }
  return Buffer.concat(parts).equals(SCAN);
}

const kill = (...servers: DurableServer[]) => Promise.all(servers.map(clouds.kill));
const again = (...servers: DurableServer[]) => Promise.all(servers.map(clouds.again));

/** Until every store answers: whoever looks finds out, at the second look where the first took a connection that was cut. */
async function allAnswer(): Promise<void> {
  for (let look = 0; look < 50; look++)
    if ((await cloudStatus(hospital.operator)).stores.every(({ reachable }) => reachable)) return;
  throw new Error('a store that was started again does not answer');
}

/** Every piece is where it belongs, after as many rounds of repair as stores take that have just come back. */
async function whole(): Promise<void> {
  let degraded = 1;
  for (let round = 0; degraded > 0 && round < 10; round++) {
    await allAnswer();
    await repairClouds(hospital.operator);
    ({ degraded } = await cloudStatus(hospital.operator));
  }
  expect(degraded).toBe(0);
}

describe('two of six real clouds killed', () => {
  it('during an upload: it is acknowledged, reads, and is made whole when they are back', async () => {
    const record = await save(() => kill('s3', 'gcs'));
    expect(await read(record)).toBe(true);
    expect((await cloudStatus(hospital.operator)).degraded).toBeGreaterThan(0);
    await again('s3', 'gcs');
    await whole();
    // One program, two clouds.
    await kill('files');
    expect(await read(record)).toBe(true);
    await again('files');
  });

  it('during a download: it ends with every byte', async () => {
    const record = await save();
    expect(await read(record, () => kill('s3', 'webdav'))).toBe(true);
    await again('s3', 'webdav');
  });

  it('during repair: it goes on with what it can, no read fails, and the next round finishes', async () => {
    await kill('s3');
    const record = await save();
    // What was still on its way to it ends with the node: afterwards it lacks its pieces for certain.
    await hospital.restart(async () => void (await again('s3')));
    expect((await cloudStatus(hospital.operator)).degraded).toBeGreaterThan(0);
    let killed = false;
    const andKill = async () => {
      await kill('gcs', 's3');
      killed = true;
    };
    real.stores.atCall('put', 1, andKill, ['s3']);
    // A store that has just come back may be set aside once more in between.
    for (let round = 0; !killed && round < 10; round++) {
      await allAnswer();
      await repairClouds(hospital.operator);
    }
    expect(killed).toBe(true);
    expect(await read(record)).toBe(true);
    await again('gcs', 's3');
    await whole();
    await kill('files');
    expect(await read(record)).toBe(true);
  });
});
