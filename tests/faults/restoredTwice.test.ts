import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backUp, markPutBack, type RunningNode, restore, startNode } from '@salus/node';
import { systemRandom, verifyingKeyOf } from '@salus/schemes/keyless';
import { acceptRestored, historyOf, logIn, MemoryStore, type ProfileStore, resume, revokeConsent } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../src/people.ts';
import { refusal } from '../src/refusal.ts';
import { folderPlace } from '../src/restored.ts';
import { add, note, readAll } from '../src/sharing.ts';
import { openWard, type Ward } from '../src/ward.ts';

let ward: Ward;
let folder: string;
let node: RunningNode | undefined;
/** A browser that Meera logged in on between backup and restore. */
const browser = new MemoryStore();

const at = (store: ProfileStore) => ({ ...ward.hospital.surroundings(store), node: node!.url });
const keepFrom = async () => (await ward.meera.device.client.call('network', {})).keepFrom;
const health = async () => (await (await fetch(`${node!.url}/health`)).json()) as { restored: unknown };

/** Backs a home up, and starts what is restored from it in a home of its own. */
async function putBack(home: string, backup: string, to: string): Promise<string> {
  const { hospital } = ward;
  await node?.stop();
  const { now } = hospital.clock;
  const restoredHome = join(folder, to);
  await restore(restoredHome, folderPlace(join(folder, backup)), hospital.recoveryKey, { now });
  await cp(join(home, 'clouds'), join(restoredHome, 'clouds'), { recursive: true });
  node = await startNode({ home: restoredHome, port: 0, now });
  return restoredHome;
}

beforeAll(async () => {
  ward = await openWard();
  folder = await mkdtemp(join(tmpdir(), 'salus-twice-'));
});
afterAll(async () => {
  await node?.stop();
  await ward.hospital.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a node that was restored', () => {
  it('told devices before what backups cover: all but the newest, which may turn out to be unreadable', async () => {
    const { hospital, meera } = ward;
    const backUpNow = (name: string) =>
      backUp(hospital.home, folderPlace(join(folder, name)), { now: hospital.clock.now });
    expect(await keepFrom()).toBe(0);
    await backUpNow('first');
    expect(await keepFrom()).toBe(0);
    const { height } = hospital.node.context.ledger.head();
    await add(meera.device, note('between two backups'));
    await backUpNow('second');
    expect(await keepFrom()).toBe(height);
    const device = await hospital.resumed(meera.store);
    expect(await device.trust.journal.wholeAbove(height)).toBe(true);
    // What a still older backup would lack, this device has left to the newer ones.
    expect(await device.trust.journal.wholeAbove(height - 1)).toBe(false);
  });

  it('and is restored again, from a backup in which nobody had caught up, still waits, also for who knew its first history only', async () => {
    const { hospital, meera, rao } = ward;
    for (const { store } of [rao, { store: hospital.operator.store }]) await hospital.resumed(store);
    await logIn(hospital.surroundings(browser), meera.email, PASSWORD, meera.code);
    await revokeConsent(meera.device, rao.device.account);
    await hospital.node.stop();
    const home = await putBack(hospital.home, 'second', 'once');
    const first = node!.context.ledger.head().height;
    // Rao and the operator catch up with it; Meera does not, and the history goes on beyond what she has seen.
    for (const store of [rao.store, hospital.operator.store]) await resume(at(store));
    for (let i = 0; i < 20; i++) await node!.context.ledger.submit(await operationBy(i));
    await backUp(home, folderPlace(join(folder, 'third')), { now: hospital.clock.now });
    await putBack(home, 'third', 'twice');
    expect(await health()).toMatchObject({ restored: { height: expect.any(Number), waiting: 1 } });
    expect(node!.context.restoration.current!.earlier).toEqual([first]);
    expect(await refusal(() => resume(at(meera.store)))).toBe('ledger-restored');
    expect(await refusal(async () => readAll(await resume(at(rao.store)), 'heart'))).toBe('restored-waiting');
    expect(await refusal(() => acceptRestored(at(browser)))).toBe('device-forgotten');
    const report = await acceptRestored(at(meera.store));
    expect(report).toMatchObject({ shown: true, sentAgain: 1, missing: [], waitingFor: ['operator'] });
    await resume(at(hospital.operator.store));
    expect(await health()).toMatchObject({ restored: { waiting: 0 } });
    expect(await refusal(async () => readAll(await resume(at(rao.store)), 'heart'))).toBe('read-refused');
  });

  it('has it written on its ledger each time, by the operator, once', async () => {
    const operator = await resume(at(ward.hospital.operator.store));
    const restores = (await historyOf(operator)).filter(({ type }) => type === 'node.restored');
    expect(restores).toHaveLength(2);
  });

  it('by other means is put into the same state by one command, and not while it runs', async () => {
    const home = join(folder, 'twice');
    expect(await refusal(() => markPutBack(home))).toBe('node-running');
    expect(await refusal(() => markPutBack(join(folder, 'first')))).toBe('genesis-mismatch');
    await node!.stop();
    const { now } = ward.hospital.clock;
    await markPutBack(home, { now });
    node = await startNode({ home, port: 0, now });
    expect(await health()).toMatchObject({ restored: { waiting: 1 } });
    // Nobody wrote down when the copy was made: it has its newest block's time.
    const { backedUpAt, header } = node.context.restoration.current!;
    expect(backedUpAt).toBe(header.time);
    for (const store of [ward.meera.store, ward.hospital.operator.store]) await resume(at(store));
    expect(await health()).toMatchObject({ restored: { waiting: 0 } });
  });
});

/** Operations that concern nobody else, so that heights go by. */
async function operationBy(i: number): Promise<Uint8Array> {
  const id = i.toString(16).padStart(32, '0');
  const body = { device: { id, key: await verifyingKeyOf(systemRandom(32)) } };
  return (await ward.hospital.operator.operation('device.add', body, id)).bytes;
}
