import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8 } from '@salus/base';
import { type Content, cloudStatus, myRecords, openOwn, repairClouds, verifyLedger } from '@salus/sdk';
import type { StoreFault } from '@salus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultyStores, takeAway } from '../src/faultyStores.ts';
import { Hospital, type Person } from '../src/hospital.ts';
import { add, consented, note, readAll, textOf } from '../src/sharing.ts';

const MB = 1024 * 1024;

let hospital: Hospital;
let faulty: FaultyStores;
let meera: Person;
let rao: Person;
/** Everything that was acknowledged, by its title. */
const kept = new Map<string, string>();

beforeAll(async () => {
  faulty = new FaultyStores();
  hospital = await Hospital.open({ storeTimeoutMs: 8_000 }, { aroundStore: faulty.around });
  meera = await hospital.patient('Meera Nair');
  rao = await hospital.doctor('Arjun Rao');
  await consented(hospital, rao.device, meera.device);
  await keep('first');
});
afterAll(() => hospital.stop());

/** Adds a record of so many bytes: of several stripes from 4 MiB on. */
async function keep(title: string, sizeBytes = 3_000): Promise<void> {
  const text = `${title} ${'~'.repeat(sizeBytes)}${kept.size}`;
  await add(meera.device, { ...note(title, { words: ['kept'] }), body: pieces(text) } as Content);
  kept.set(title, text);
}

/** Other bytes in every megabyte: pieces that are alike would be kept once. */
const pieces = (text: string) =>
  async function* body() {
    for (let at = 0; at < text.length; at += MB) {
      const piece = utf8(text.slice(at, at + MB));
      for (let i = 0; i < piece.length; i += 97) piece[i] = 33 + ((i * 31 + at / MB) % 90);
      yield piece;
    }
  };

const whole = async (text: string): Promise<string> => textOf(pieces(text)());

/** Everything acknowledged opens for its owner, byte for byte, and what the doctor finds opens, too. */
async function everythingOpens(): Promise<void> {
  const titles = new Set<string>();
  for await (const record of myRecords(meera.device)) {
    const text = await textOf((await openOwn(meera.device, record)).content());
    expect(text === (await whole(kept.get(record.card.title)!)), record.card.title).toBe(true);
    titles.add(record.card.title);
  }
  expect(titles).toEqual(new Set(kept.keys()));
  expect(await readAll(rao.device, 'kept')).toHaveLength(kept.size);
}

const repair = (scan = true) => repairClouds(hospital.operator, scan);
const NOTHING = { missing: 0, damaged: 0, repaired: 0, failed: 0 };
const storeStatus = async (i: number) => (await hospital.node.context.clouds.status()).stores[i - 1]!;

/** Until the node has found by itself that every store answers: each question is a sign of life, none is told. */
async function allAreBack(): Promise<void> {
  for (;;) {
    const { stores } = await cloudStatus(hospital.operator);
    if (stores.every(({ reachable }) => reachable)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Until a repair writes what a store is owed: one that had no room is tried again when some time is over. */
async function untilPaid(): Promise<void> {
  expect((await cloudStatus(hospital.operator)).degraded).toBeGreaterThan(0);
  for (;;) {
    const { repaired, failed } = await repair(false);
    if (failed > 0) continue;
    expect(repaired).toBeGreaterThan(0);
    return;
  }
}

/** What stood wrong is made good and said; then nothing is left to do, the ledger verifies, and everything opens. */
async function heals(): Promise<{ repaired: number }> {
  faulty.heal();
  await allAreBack();
  const report = await repair();
  expect(report).toMatchObject({ failed: 0 });
  expect(await repair()).toMatchObject(NOTHING);
  expect(await cloudStatus(hospital.operator)).toMatchObject({ degraded: 0 });
  await everythingOpens();
  await verifyLedger(hospital.operator);
  return report;
}

describe('one store of six', () => {
  it('that hangs keeps nobody waiting: an upload is saved without it, reads go round it, and it comes back by itself', async () => {
    faulty.at(2).fault = 'hang';
    await keep('while one hangs');
    // Its write has neither ended nor been given up.
    expect(await storeStatus(2)).toMatchObject({ lastError: null });
    await everythingOpens();
    const aside = async () => (await storeStatus(2)).lastError === 'store-slow';
    while (!(await aside())) await hospital.node.context.clouds.status({ probe: true });
    await keep('while it is set aside');
    await everythingOpens();
    expect((await heals()).repaired).toBeGreaterThanOrEqual(2);
  });

  it('that hangs while the node starts keeps it from nothing', async () => {
    await hospital.restart();
    faulty.at(5).fault = 'hang';
    await everythingOpens();
    await keep('after a start beside one that hangs');
    await heals();
  });

  const faults: [StoreFault, string, { faulty: 'missing' | 'damaged' | 'owed' | 'none' }][] = [
    ['lie', 'gives altered bytes', { faulty: 'none' }],
    ['outdate', 'gives yesterday’s object', { faulty: 'none' }],
    ['truncate', 'gives half of each', { faulty: 'none' }],
    ['lengthen', 'never comes to an end', { faulty: 'none' }],
    ['forget', 'says that it wrote and did not', { faulty: 'missing' }],
    ['slow', 'answers slowly', { faulty: 'none' }],
    ['full', 'has no room', { faulty: 'owed' }],
    ['break', 'has a bug', { faulty: 'owed' }],
  ];
  for (const [fault, what, { faulty: left }] of faults)
    it(`that ${what} loses nothing, and what it owes is made good`, async () => {
      const bad = faulty.at(3);
      bad.delayMs = 300;
      bad.fault = fault;
      await keep(`beside one that ${what}`);
      // While it lies a scan says so, store and all; nothing is believed without its hash.
      if (fault === 'lie' || fault === 'outdate' || fault === 'truncate' || fault === 'lengthen')
        expect((await repair()).damaged).toBeGreaterThan(0);
      await everythingOpens();
      bad.fault = undefined;
      await allAreBack();
      if (left === 'missing') expect((await repair()).missing).toBeGreaterThan(0);
      if (left === 'owed') await untilPaid();
      await heals();
    });

  it('that loses objects is found out by who reads, without a scan, and gets them again', async () => {
    for (const i of [1, 2, 3, 4, 6]) Object.assign(faulty.at(i), { fault: 'slow', delayMs: 20 });
    await hospital.restart();
    for (const i of [1, 2, 3, 4, 6]) Object.assign(faulty.at(i), { fault: 'slow', delayMs: 20 });
    const lost = await emptied(5);
    // Nothing is known of its speed, so it is asked first.
    await everythingOpens();
    faulty.heal();
    const { degraded } = await cloudStatus(hospital.operator);
    expect(degraded).toBeGreaterThan(0);
    const report = await repair(false);
    expect(report).toMatchObject({ missing: degraded, repaired: degraded, failed: 0 });
    expect(report.repaired + (await heals()).repaired).toBe(lost);
  });
});

/** Deletes every object of a store. Gives how many. */
async function emptied(store: number): Promise<number> {
  const objects = await objectsOf(store);
  for (const object of objects) await rm(object);
  return objects.length;
}

async function objectsOf(store: number): Promise<string[]> {
  const folder = join(hospital.home, 'clouds', String(store), 'objects');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('two stores of six', () => {
  it('gone in the middle of an upload: it is saved, opens while they are gone, and they get what they lack', async () => {
    let putBack = () => {};
    const { happened } = faulty.atCall('put', 9, () => {
      putBack = takeAway(hospital.home, 1, 4);
    });
    await keep('two gone meanwhile', 11 * MB);
    expect(happened()).toBe(true);
    const { degraded } = await cloudStatus(hospital.operator);
    expect(degraded).toBeGreaterThan(0);
    await everythingOpens();
    putBack();
    expect((await heals()).repaired).toBeGreaterThanOrEqual(degraded);
    const others = takeAway(hospital.home, 2, 3);
    await everythingOpens();
    others();
    await heals();
  });

  it('gone in the middle of a download: it goes on to its last byte', async () => {
    let putBack = () => {};
    const { happened } = faulty.atCall('get', 6, () => {
      putBack = takeAway(hospital.home, 2, 6);
    });
    await everythingOpens();
    expect(happened()).toBe(true);
    putBack();
    await heals();
  });

  it('gone in the middle of a repair: reads go on, nothing is taken for lost, and the next repair does the rest', async () => {
    const owed = (await emptied(1)) + (await emptied(3));
    let putBack = () => {};
    const { happened } = faulty.atCall('put', 3, () => {
      putBack = takeAway(hospital.home, 1, 3);
    });
    const first = await repair();
    expect(happened()).toBe(true);
    expect(first.failed).toBeGreaterThan(0);
    await everythingOpens();
    putBack();
    faulty.heal();
    await allAreBack();
    const second = await repair();
    expect(second).toMatchObject({ failed: 0 });
    expect(first.repaired + second.repaired).toBeGreaterThanOrEqual(owed);
    await heals();
  });

  it('that lie and forget at once, with a third of another’s objects overwritten after they are repaired, lose nothing', async () => {
    faulty.at(2).fault = 'lie';
    faulty.at(6).fault = 'forget';
    await keep('between a liar and a forgetful one', 5 * MB);
    await everythingOpens();
    await heals();
    const objects = await objectsOf(4);
    for (const object of objects.filter((_, i) => i % 3 === 0)) await writeFile(object, 'something else');
    await everythingOpens();
    expect(await repair()).toMatchObject({ damaged: Math.ceil(objects.length / 3), failed: 0 });
    await heals();
  });
});
