import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8 } from '@salus/base';
import {
  addRecords,
  addStore,
  cloudStatus,
  drainStore,
  myRecord,
  myRecords,
  openOwn,
  removeStore,
  repairClouds,
} from '@salus/sdk';
import { seededRandom } from '@salus/testkit';
import { missingPrograms, REAL_CLOUDS_PROGRAMS, type RealClouds, startRealClouds } from '@salus/testkit/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Hospital, type Person } from '../src/hospital.ts';
import { refused } from '../src/refusal.ts';
import { add, note, textOf } from '../src/sharing.ts';

const why = missingPrograms(...REAL_CLOUDS_PROGRAMS);
const SCAN = seededRandom('a scan')(3 * 1024 * 1024);

let hospital: Hospital;
let clouds: RealClouds;
let meera: Person;

beforeAll(async () => {
  if (why) return;
  hospital = await Hospital.open({ logLevel: 'info' });
  clouds = await startRealClouds(hospital.home);
  meera = await hospital.patient('Meera Nair');
  await add(meera.device, note('from the time of folders'));
});
beforeEach(({ skip }) => skip(why !== undefined, why));
afterAll(async () => {
  if (why) return;
  await hospital.stop();
  await clouds.stop();
});

async function everythingOpens(count: number): Promise<void> {
  let opened = 0;
  for await (const own of myRecords(meera.device)) {
    const content = await openOwn(meera.device, own);
    if (own.card.title === 'scan') expect((await bytesOf(content.content())).equals(SCAN)).toBe(true);
    else expect((await textOf(content.content())).length).toBeGreaterThan(0);
    opened++;
  }
  expect(opened).toBe(count);
}

async function bytesOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts);
}

const names = async () => (await cloudStatus(hospital.operator)).stores.map(({ name }) => name).sort();

describe('a hospital on six real clouds of six kinds', () => {
  it('moves there from folders while everything runs', async () => {
    for (const entry of clouds.entries) await addStore(hospital.operator, entry);
    for (const folder of [1, 2, 3, 4, 5, 6].map((i) => `store-${i}`)) {
      let left = 1;
      for await (const step of drainStore(hospital.operator, folder)) left = step.left;
      expect(left).toBe(0);
      await removeStore(hospital.operator, folder);
    }
    expect(await names()).toEqual(['azure', 'ftps', 'gcs', 's3', 'sftp', 'webdav']);
    await everythingOpens(1);
  });

  it('keeps what is added on all six, and finds it there after a restart', async () => {
    async function* body() {
      yield SCAN;
    }
    const contents = [{ kind: 'document' as const, title: 'scan', fileName: 'scan.bin', body }];
    for await (const { record } of addRecords(meera.device, contents))
      expect((await myRecord(meera.device, record)).card.sizeBytes).toBe(SCAN.length);
    const { stores, degraded } = await cloudStatus(hospital.operator);
    expect(degraded).toBe(0);
    for (const store of stores) expect(store.shards, store.name).toBeGreaterThan(0);
    await hospital.restart();
    await everythingOpens(2);
    expect(await repairClouds(hospital.operator)).toMatchObject({ missing: 0, damaged: 0, failed: 0 });
  });

  it('tells why a cloud cannot be added: a secret that is readable by others, or wrong', async () => {
    const entry = { ...clouds.entries[3], name: 'another' };
    const wrong = await refused(() =>
      addStore(hospital.operator, { ...entry, credentials: { file: 'real/authority.pem' } }),
    );
    expect(wrong.code).toBe('credentials-unusable');
    expect(await names()).not.toContain('another');
  });

  it('writes no credential into database, log, ledger or its settings', async () => {
    const node = join(hospital.home, 'node');
    const files = (await readdir(node, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(5);
    for (const { parentPath, name } of files) {
      const bytes = await readFile(join(parentPath, name));
      for (const secret of clouds.secrets) expect(bytes.includes(Buffer.from(utf8(secret))), name).toBe(false);
    }
  });

  it('reads and saves on with two of them gone', async () => {
    await clouds.end('files');
    await everythingOpens(2);
    await add(meera.device, note('while two were gone'));
    await everythingOpens(3);
  });
});
