import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PieceAccess } from '@salus/node';
import {
  activityOf,
  addStore,
  cloudStatus,
  drainStore,
  listAudits,
  removeStore,
  repairClouds,
  resumeAccount,
  suspend,
  tagPieces,
  updateRecord,
} from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultyStores, takeAway } from '../src/faultyStores.ts';
import { Hospital, type Person } from '../src/hospital.ts';
import { add, note } from '../src/sharing.ts';
import { audited, checked, document, dropBlocks, objectsIn, verifiedElsewhere } from '../src/storageChecks.ts';

const SEED = process.env.SALUS_SEED ?? 'one in a hundred';
/** Of each store: 17 pieces of a megabyte, of 17 blocks each. */
const DOCUMENT_MB = 64;
/** Blocks of each store in an audit: four of five, so that they are a sample and not all there is. */
const SAMPLE = 230;
const STORES = ['store-1', 'store-2', 'store-3', 'store-4', 'store-5', 'store-6'];
const TIMEOUT_MS = 300_000;

let hospital: Hospital;
let faulty: FaultyStores;
let meera: Person;
let access: PieceAccess;
let record: string;
/** Blocks tagged for the large document. */
let taggedBlocks: number;

const all = (finding: string) => Object.fromEntries(STORES.map((store) => [store, finding]));
const storeOf = async (name: string) =>
  (await cloudStatus(hospital.operator)).stores.find((store) => store.name === name);

beforeAll(async () => {
  faulty = new FaultyStores();
  hospital = await Hospital.open({}, { aroundStore: faulty.around });
  meera = await hospital.patient('Meera Nair');
  const [added] = await add(meera.device, document('tomography', DOCUMENT_MB));
  record = added!.record;
  const started = await checked(hospital.home, hospital.operator);
  access = started.access;
  taggedBlocks = started.tagged.blocks;
}, TIMEOUT_MS);
afterAll(async () => {
  await access.close();
  await hospital.stop();
});

describe('an audit of stores', { timeout: TIMEOUT_MS }, () => {
  it('that hold everything finds so, is judged alike on another machine, and stands on the ledger', async () => {
    const { audit, judged, found } = await audited(hospital.operator, access, SAMPLE);
    expect(found).toEqual(all('held'));
    for (const { total, sampled, fetched } of judged) {
      expect(total).toBeGreaterThan(SAMPLE);
      expect(sampled).toBe(SAMPLE);
      expect(fetched).toBeGreaterThanOrEqual(8);
    }
    const again = await verifiedElsewhere(hospital.home, access);
    expect(again).toMatchObject({ audit, by: 'person', outcome: 'confirmed' });
    expect(again.network).toEqual(hospital.node.context.network);
    expect((await listAudits(hospital.operator)).at(-1)).toMatchObject({ audit, status: 'judged' });
    expect(await storeOf('store-3')).toMatchObject({ checked: { finding: 'held' }, repaired: 0 });
  });

  it(`of which one dropped one block in a hundred names it, and repair makes the pieces again (seed: ${SEED})`, async () => {
    const blocks = (await storeOf('store-4'))!.blocks;
    const dropped = Math.ceil(blocks / 100);
    expect(await dropBlocks(hospital.home, 4, dropped, SEED)).toBe(blocks);
    // Each dropped block is passed over with one in five: all of them, in three audits, with one in a million.
    let { found, judged } = await audited(hospital.operator, access, SAMPLE);
    for (let more = 0; more < 2 && found['store-4'] === 'held'; more++)
      ({ found, judged } = await audited(hospital.operator, access, SAMPLE));
    expect(found).toEqual({ ...all('held'), 'store-4': 'lost' });
    const seen = judged.find(({ cloud }) => cloud === 'store-4')!;
    expect(seen.left).toBeGreaterThan(0);
    expect(seen.left).toBeLessThanOrEqual(dropped);
    expect(await repairClouds(hospital.operator)).toMatchObject({ failed: 0 });
    expect(await storeOf('store-4')).toMatchObject({ checked: { finding: 'lost' } });
    // Dropped blocks may share a piece.
    const { repaired } = (await storeOf('store-4'))!;
    expect(repaired).toBeGreaterThan(0);
    expect(repaired).toBeLessThanOrEqual(dropped);
    const events = await activityOf(hospital.operator);
    const written = events.filter(({ operation }) => operation.type === 'storage.repaired').at(-1);
    expect(written?.operation.body).toEqual({ repairs: [{ cloud: 'store-4', pieces: repaired }] });
    expect((await audited(hospital.operator, access, SAMPLE)).found).toEqual(all('held'));
  });

  it('of which one keeps only hashes, and one gives what it had under another name, names both', async () => {
    const [kept, swapped] = [await objectsIn(hospital.home, 2), await objectsIn(hospital.home, 5)];
    for (const file of kept) await writeFile(file, Buffer.alloc(32, 7));
    const bytes = await readFile(swapped[0]!);
    for (const file of swapped.slice(1)) await writeFile(file, bytes);
    const { audit, judged, found } = await audited(hospital.operator, access, SAMPLE);
    expect(found).toEqual({ ...all('held'), 'store-2': 'lost', 'store-5': 'lost' });
    expect(judged.find(({ cloud }) => cloud === 'store-2')).toMatchObject({ left: SAMPLE, covered: false });
    expect(judged.find(({ cloud }) => cloud === 'store-1')).toMatchObject({ left: 0, covered: true });
    // A verdict that something was lost refutes nothing, before and after it is repaired.
    expect(await verifiedElsewhere(hospital.home, access, audit)).toMatchObject({ outcome: 'confirmed' });
    expect(await repairClouds(hospital.operator)).toMatchObject({ failed: 0 });
    const again = await verifiedElsewhere(hospital.home, access, audit);
    expect(again.clouds.find(({ cloud }) => cloud === 'store-2')).toMatchObject({ said: 'lost', lost: 0 });
    expect((await audited(hospital.operator, access, SAMPLE)).found).toEqual(all('held'));
  });

  it('of which two go away in its middle blames neither, and the others are proven', async () => {
    let putBack = () => {};
    const { happened } = faulty.atCall('get', 150, () => {
      putBack = takeAway(hospital.home, 1, 6);
    });
    const { audit, judged, found } = await audited(hospital.operator, access, SAMPLE);
    expect(happened()).toBe(true);
    expect(found).toEqual({ ...all('held'), 'store-1': 'unreached', 'store-6': 'unreached' });
    expect(judged.filter(({ covered }) => covered)).toHaveLength(4);
    expect(await verifiedElsewhere(hospital.home, access, audit)).toMatchObject({ outcome: 'confirmed' });
    putBack();
    // Away is not lost: nothing is made again.
    expect(await repairClouds(hospital.operator)).toMatchObject({ repaired: 0, failed: 0 });
    expect((await audited(hospital.operator, access, SAMPLE)).found).toEqual(all('held'));
  });
});

describe('tags', { timeout: TIMEOUT_MS }, () => {
  it('of an edit cost what it changed', async () => {
    await updateRecord(meera.device, record, document('tomography', DOCUMENT_MB, [20]));
    const { blocks, unread } = await tagPieces(hospital.operator);
    expect(unread).toBe(0);
    expect(blocks).toBeGreaterThan(0);
    // Three chunks of four megabytes at most are touched by a change of one, in six pieces of a stripe cut in four.
    expect(blocks).toBeLessThan((taggedBlocks * 18) / DOCUMENT_MB);
    expect(await tagPieces(hospital.operator)).toMatchObject({ pieces: 0, committed: 0, retired: 0 });
  });

  it('outlive whoever they are of: a member who is put out costs none, and audits go on', async () => {
    const { blocks } = (await storeOf('store-1'))!;
    await suspend(hospital.operator, meera.device.account, 'Somebody else signs in to it.');
    expect(await tagPieces(hospital.operator)).toMatchObject({ pieces: 0, committed: 0, retired: 0 });
    const { judged, found } = await audited(hospital.operator, access, SAMPLE);
    expect(found).toEqual(all('held'));
    expect(judged[0]).toMatchObject({ total: blocks, sampled: SAMPLE });
    await resumeAccount(hospital.operator, meera.device.account);
  });

  it('move with what a store is emptied of; an audit in the middle of that does not blame it', async () => {
    await addStore(hospital.operator, { name: 'store-7', folder: 'clouds/7' });
    const [before, retiredBefore] = [(await storeOf('store-3'))!, await retirements()];
    const emptied = async () => {
      for await (const _ of drainStore(hospital.operator, 'store-3'));
    };
    const { happened } = faulty.atCall('get', SAMPLE / 2, emptied, ['store-3']);
    const { audit, judged, found } = await audited(hospital.operator, access, SAMPLE);
    expect(happened()).toBe(true);
    // Not proven, and by nothing that it did.
    expect(found).toEqual({ ...all('held'), 'store-3': 'unproven' });
    expect(judged.find(({ cloud }) => cloud === 'store-3')).toMatchObject({ lost: 0, covered: false });
    expect(await verifiedElsewhere(hospital.home, access, audit)).toMatchObject({ outcome: 'confirmed' });
    expect(await retirements()).toBeGreaterThan(retiredBefore);
    expect(await storeOf('store-3')).toMatchObject({ blocks: 0, shards: 0 });
    const { blocks } = await tagPieces(hospital.operator);
    expect(blocks).toBe(before.blocks);
    expect(await storeOf('store-7')).toMatchObject({ blocks: before.blocks });
    await removeStore(hospital.operator, 'store-3');
    const { 'store-3': _gone, ...stay } = all('held');
    await access.close();
    ({ access } = await checked(hospital.home, hospital.operator));
    expect((await audited(hospital.operator, access, SAMPLE)).found).toEqual({ ...stay, 'store-7': 'held' });
  });

  it('are made again where the database was lost, and what was said of them before is taken back', async () => {
    const [total, before] = [await blocksOnLedger(), await retirements()];
    await hospital.restart(async () => {
      for (const file of ['salus.db', 'salus.db-wal', 'salus.db-shm'])
        await rm(join(hospital.home, 'node', file), { force: true });
    });
    // It has begun by itself; this waits until it is done.
    await tagPieces(hospital.operator);
    expect(await blocksOnLedger()).toBe(total);
    expect(await retirements()).toBeGreaterThanOrEqual(before + STORES.length);
    expect(new Set(Object.values((await audited(hospital.operator, access, SAMPLE)).found))).toEqual(new Set(['held']));
  });

  it('are made again under another key, when that was lost with its machine', async () => {
    await rm(join(hospital.home, 'node', 'keys', 'tagging.cbor'));
    await hospital.restart();
    await add(meera.device, note('written meanwhile'));
    await expect(tagPieces(hospital.operator)).rejects.toMatchObject({ code: 'storage-key-missing' });
    const total = await blocksOnLedger();
    await access.close();
    const again = await checked(hospital.home, hospital.operator);
    access = again.access;
    // One more block on each of six stores.
    expect(again.tagged.blocks).toBe(total + 6);
    expect(await blocksOnLedger()).toBe(total + 6);
    expect(new Set(Object.values((await audited(hospital.operator, access, SAMPLE)).found))).toEqual(new Set(['held']));
  });

  const retirements = async () =>
    (await activityOf(hospital.operator)).filter(({ operation }) => operation.type === 'storage.retire').length;
  const blocksOnLedger = async () =>
    (await cloudStatus(hospital.operator)).stores.reduce((sum, { blocks }) => sum + blocks, 0);
});
