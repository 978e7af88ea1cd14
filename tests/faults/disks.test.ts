import { execFile } from 'node:child_process';
import { mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { foundNode } from '@salus/node';
import { systemRandom } from '@salus/schemes/keyless';
import {
  activate,
  cloudStatus,
  createAccount,
  enrolOperator,
  MemoryStore,
  myRecords,
  newOperator,
  openOwn,
  repairClouds,
  verifyLedger,
} from '@salus/sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { FaultyStores } from '../src/faultyStores.ts';
import { Hospital } from '../src/hospital.ts';
import { emailOf, ORGANISATION, PASSWORD, patientProfile } from '../src/people.ts';
import { add, note, textOf } from '../src/sharing.ts';
import { WaitingNode } from '../src/waitingNode.ts';

const run = promisify(execFile);
const MB = 1024 * 1024;

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** Mounts a disk of so many megabytes; the reason where this machine does not let us. */
async function mountDisk(folder: string, sizeMb: number): Promise<string | undefined> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', folder]);
    undo.push(() => run('umount', ['--lazy', folder]));
    return undefined;
  } catch (thrown) {
    return `mounting is not permitted here (${(thrown as Error).message.split('\n')[0]})`;
  }
}

describe('a disk that is full', () => {
  it('under one store: uploads are saved, reads and a restart go on, and with room again it gets what it lacks', async (test) => {
    const faulty = new FaultyStores();
    const hospital = await Hospital.open({ storeTimeoutMs: 5_000 }, { aroundStore: faulty.around });
    undo.push(() => hospital.stop());
    const full = join(hospital.home, 'clouds', '6');
    let notMounted: string | undefined;
    await hospital.restart(async () => {
      notMounted = await mountDisk(full, 2);
    });
    if (notMounted) {
      await test.annotate(`${notMounted}: the store says that it is full without being so`);
      faulty.at(6).fault = 'full';
    }
    const meera = await hospital.patient('Meera Nair');
    const texts: string[] = [];
    const keep = async () => {
      texts.push(`${texts.length} ${Buffer.from(systemRandom(3 * MB)).toString('base64')}`);
      await add(meera.device, note(texts.at(-1)!));
    };
    const opened = async () => {
      const all: string[] = [];
      for await (const own of myRecords(meera.device))
        all.push(await textOf((await openOwn(meera.device, own)).content()));
      return all.sort().map((text) => texts.indexOf(text));
    };
    for (let i = 0; i < 3; i++) await keep();
    const status = () => cloudStatus(hospital.operator);
    expect((await status()).stores[5]).toMatchObject({ reachable: true, lastError: 'store-full' });
    const { degraded } = await status();
    expect(degraded).toBeGreaterThan(0);
    await hospital.restart();
    if (notMounted) faulty.at(6).fault = 'full';
    faulty.at(1).fault = 'gone';
    expect(await opened()).toEqual([0, 1, 2]);
    faulty.heal();
    if (notMounted) faulty.at(6).fault = 'full';
    await keep();
    await hospital.restart(async () => {
      if (!notMounted) await run('mount', ['-o', 'remount,size=64m', full]);
    });
    const report = await repairClouds(hospital.operator);
    expect(report).toMatchObject({ damaged: 0, missing: 0, failed: 0 });
    expect(report.repaired).toBeGreaterThan(degraded);
    expect(await status()).toMatchObject({ degraded: 0 });
    expect(await opened()).toEqual([0, 1, 2, 3]);
    await verifyLedger(hospital.operator);
  });
});

describe('a disk that hangs in the kernel', () => {
  it('under two stores holds two threads and not the node: it reads, writes, signs in, and takes them back', async () => {
    const home = await mkdtemp(join(tmpdir(), 'salus-hanging-'));
    undo.push(() => rm(home, { recursive: true, force: true }));
    const node = new WaitingNode(home);
    const { identity, operator } = await newOperator(ORGANISATION, emailOf('operator'), systemRandom);
    const config = { perMinute: 1_000_000, storeTimeoutMs: 500, repairEveryMs: 3_600_000 };
    await foundNode(home, { operator, organisation: ORGANISATION, time: Date.now(), random: systemRandom, config });
    await node.start();
    undo.push(() => node.stop());
    const at = () => ({ node: node.url, store: new MemoryStore(), random: systemRandom, now: Date.now });
    const boss = await enrolOperator(at(), identity, PASSWORD);
    const { device } = await createAccount(at(), patientProfile('Meera Nair'), PASSWORD);
    await activate(boss, device.account);
    for (let i = 0; i < 6; i++) await add(device, note(`before ${i}`));
    // A pipe without a writer: whoever opens it to read waits in the kernel, as on a dead network drive.
    const pipes = [...(await intoPipes(home, 1)), ...(await intoPipes(home, 2))];
    expect(pipes.length).toBeGreaterThan(8);
    const readAll = async () => {
      const texts: string[] = [];
      for await (const own of myRecords(device)) texts.push(await textOf((await openOwn(device, own)).content()));
      return texts.sort();
    };
    const before = Array.from({ length: 6 }, (_, i) => `before ${i}`);
    for (const _ of [1, 2, 3]) expect(await Promise.all([readAll(), readAll()])).toEqual([before, before]);
    await add(device, note('beside them'));
    const { device: other } = await createAccount(at(), patientProfile('Arun Das'), PASSWORD);
    await activate(boss, other.account);
    await verifyLedger(boss);
    for (const { pipe, away } of pipes) {
      await rename(pipe, `${pipe}.pipe`);
      await rename(away, pipe);
      // Whoever waits at the other end goes on.
      await (await open(`${pipe}.pipe`, 'r+')).close();
      await rm(`${pipe}.pipe`);
    }
    for (;;) {
      const { stores } = await cloudStatus(boss);
      if (stores.every(({ reachable }) => reachable)) break;
    }
    expect(await repairClouds(boss)).toMatchObject({ failed: 0, missing: 0, damaged: 0 });
    expect(await readAll()).toEqual([...before, 'beside them']);
    await verifyLedger(boss);
  });
});

/** Puts a pipe in the place of every object of a store. */
async function intoPipes(home: string, store: number): Promise<{ pipe: string; away: string }[]> {
  const folder = join(home, 'clouds', String(store), 'objects');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const objects = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    objects.map(async (pipe, i) => {
      const away = join(home, `away-${store}-${i}`);
      await rename(pipe, away);
      await run('mkfifo', [pipe]);
      return { pipe, away };
    }),
  );
}
