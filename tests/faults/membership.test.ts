import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foundNode } from '@salus/node';
import { systemRandom } from '@salus/schemes/keyless';
import {
  activate,
  addStore,
  cloudStatus,
  createAccount,
  type Device,
  drainStore,
  enrolOperator,
  keepStore,
  MemoryStore,
  myRecords,
  newOperator,
  openOwn,
  type ProfileStore,
  placeStore,
  removeStore,
  repairClouds,
  resume,
} from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atMoment } from '../src/killMoment.ts';
import { emailOf, ORGANISATION, PASSWORD, patientProfile } from '../src/people.ts';
import { refusal } from '../src/refusal.ts';
import { add, note, textOf } from '../src/sharing.ts';
import { WaitingNode } from '../src/waitingNode.ts';

const RECORDS = 30;

let home: string;
let node: WaitingNode;
const stores: Record<'operator' | 'meera', ProfileStore> = { operator: new MemoryStore(), meera: new MemoryStore() };

const surroundings = (store: ProfileStore) => ({ node: node.url, store, random: systemRandom, now: Date.now });
const operator = (): Promise<Device> => resume(surroundings(stores.operator));
const meera = (): Promise<Device> => resume(surroundings(stores.meera));

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'salus-membership-'));
  node = new WaitingNode(home);
  const { identity, operator: named } = await newOperator(ORGANISATION, emailOf('operator'), systemRandom);
  // Nothing is emptied or repaired by itself within this test: what happens is what is asked for.
  const config = { perMinute: 1_000_000, logLevel: 'warn' as const, repairEveryMs: 3_600_000 };
  await foundNode(home, {
    operator: named,
    organisation: ORGANISATION,
    time: Date.now(),
    random: systemRandom,
    config,
  });
  await node.start();
  await enrolOperator(surroundings(stores.operator), identity, PASSWORD);
  const { device } = await createAccount(surroundings(stores.meera), patientProfile('Meera Nair'), PASSWORD);
  await activate(await operator(), device.account);
  for (let i = 0; i < RECORDS; i++) await add(await meera(), note(`note ${i}`));
});
afterAll(async () => {
  await node.stop();
  await rm(home, { recursive: true, force: true });
});

async function everythingOpens(): Promise<void> {
  const device = await meera();
  const texts: string[] = [];
  for await (const own of myRecords(device)) texts.push(await textOf((await openOwn(device, own)).content()));
  expect(texts.length).toBeGreaterThanOrEqual(RECORDS);
}

const storeOf = async (name: string) => (await cloudStatus(await operator())).stores.find((one) => one.name === name);
const configured = async () => JSON.parse(await readFile(join(home, 'node', 'node.json'), 'utf8'));

describe('stores of a running node', () => {
  it('are not emptied or removed where too few others would take pieces', async () => {
    const device = await operator();
    expect(await refusal(async () => drainStore(device, 'store-1').next())).toBe('stores-too-few');
    expect(await refusal(() => removeStore(device, 'store-1', true))).toBe('stores-too-few');
    expect(await refusal(async () => drainStore(await meera(), 'store-1').next())).toBe('operator-only');
  });

  it('are added while everything runs: described wrongly, or away, they are not', async () => {
    const device = await operator();
    expect(await refusal(() => addStore(device, { name: 'store-1', folder: 'clouds/7' }))).toBe('store-known');
    expect(await refusal(() => addStore(device, { name: 'Store 7', folder: 'clouds/7' }))).toBe('store-config');
    expect(await refusal(() => addStore(device, { name: 'store-7', folder: 'node/node.json' }))).toBe(
      'store-unavailable',
    );
    expect((await configured()).stores).toHaveLength(6);
    await addStore(device, { name: 'store-7', folder: 'clouds/7' });
    expect(await configured()).toMatchObject({ totalShards: 6 });
    for (let i = 0; i < 12; i++) await add(await meera(), note(`with seven ${i}`));
    expect((await storeOf('store-7'))?.shards).toBeGreaterThan(0);
    await everythingOpens();
  });

  it('are given what their operator wants them to have, also after a restart', async () => {
    const device = await operator();
    const wanted = { weight: 2, cost: 0.02, region: 'de', capacityBytes: 1_000_000_000, never: true };
    expect(await refusal(() => placeStore(device, 'store-7', { weight: 0 }))).toBe('store-config');
    expect(await refusal(() => placeStore(device, 'store-9', wanted))).toBe('store-unknown');
    expect(await placeStore(device, 'store-7', wanted)).toEqual({ name: 'store-7', placement: wanted });
    expect(await refusal(() => placeStore(device, 'store-1', { never: true }))).toBe('stores-too-few');
    const before = (await storeOf('store-7'))!.shards;
    await node.kill();
    await node.start();
    for (let i = 0; i < 4; i++) await add(await meera(), note(`without the seventh ${i}`));
    expect(await storeOf('store-7')).toMatchObject({ placement: wanted, shards: before });
    await placeStore(await operator(), 'store-7', {});
    expect((await configured()).stores[6]).toMatchObject({ placement: { weight: 1, never: false } });
    await everythingOpens();
  });

  it('that lost everything are repaired although the node is killed in the middle of it', async () => {
    const objects = join(home, 'clouds', '6', 'objects');
    await rm(objects, { recursive: true });
    await mkdir(objects);
    const device = await operator();
    const { stop } = atMoment(home, { sign: 'piece', count: 12, turns: 0 }, () => void node.kill());
    expect(await refusal(() => repairClouds(device))).toBe('node-unreachable');
    stop();
    await node.kill();
    const made = (await readdir(objects, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const before = made.length;
    await node.start();
    await everythingOpens();
    const { repaired, failed } = await repairClouds(await operator());
    expect([repaired > 0, failed, before < (await storeOf('store-6'))!.shards]).toEqual([true, 0, true]);
    expect(await repairClouds(await operator())).toMatchObject({ damaged: 0, missing: 0, repaired: 0, failed: 0 });
    await everythingOpens();
  });

  it('are emptied although the node is killed in the middle, and go on being emptied at its next start', async () => {
    const device = await operator();
    const before = (await storeOf('store-2'))!.shards;
    const draining = drainStore(device, 'store-2');
    const first = await draining.next();
    expect(first.value).toMatchObject({ failed: 0 });
    const cut = refusal(() => draining.next());
    await node.kill();
    expect(await cut).toBe('node-unreachable');
    await node.start();
    const left = (await storeOf('store-2'))!;
    expect(left.draining).toBe(true);
    expect(left.shards).toBeLessThan(before);
    await everythingOpens();
    let end = left.shards;
    for await (const step of drainStore(await operator(), 'store-2')) end = step.left;
    expect(end).toBe(0);
    await everythingOpens();
    expect(await repairClouds(await operator())).toMatchObject({ damaged: 0, missing: 0, failed: 0 });
    // A piece whose old copy was not removed before the kill is left behind, and nothing depends on it.
    const remains = await readdir(join(home, 'clouds', '2', 'objects'), { recursive: true, withFileTypes: true });
    expect(remains.filter((entry) => entry.isFile()).length).toBeLessThanOrEqual(2);
  });

  it('are removed once empty, also for the next start; the place can be taken by another', async () => {
    await removeStore(await operator(), 'store-2');
    expect((await configured()).stores.map(({ name }: { name: string }) => name)).not.toContain('store-2');
    await node.kill();
    await node.start();
    await everythingOpens();
    expect(await storeOf('store-2')).toBeUndefined();
  });

  it('that are gone for good are removed as lost: their pieces are made again elsewhere', async () => {
    const device = await operator();
    await addStore(device, { name: 'store-8', folder: 'clouds/8' });
    await rm(join(home, 'clouds', '5'), { recursive: true });
    expect(await refusal(() => removeStore(device, 'store-5'))).toBe('store-in-use');
    await removeStore(device, 'store-5', true);
    await everythingOpens();
    expect(await repairClouds(device)).toMatchObject({ failed: 0 });
    expect(await cloudStatus(device)).toMatchObject({ degraded: 0 });
    await everythingOpens();
  });

  it('may be kept after all', async () => {
    const device = await operator();
    await addStore(device, { name: 'store-9', folder: 'clouds/9' });
    await drainStore(device, 'store-8').next();
    await keepStore(device, 'store-8');
    expect(await storeOf('store-8')).toMatchObject({ draining: false });
    expect((await configured()).draining).toEqual([]);
  });
});
