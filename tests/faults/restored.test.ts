import {
  Client,
  caughtUp,
  Device,
  endDelegation,
  myRecords,
  openFound,
  resume,
  revokeConsent,
  searchDelegated,
  searchWords,
  Trust,
  verifyLedger,
} from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal, refused } from '../src/refusal.ts';
import { Backup } from '../src/restored.ts';
import { add, consented, note, readAll } from '../src/sharing.ts';
import { openWard, TOPIC, type Ward } from '../src/ward.ts';

let ward: Ward;
let backup: Backup;
/** Something else that happened after the backup: another doctor, who was given access and keeps it. */
let iyer: Awaited<ReturnType<Ward['hospital']['doctor']>>;
/** A patient to whom nothing happened after the backup. */
let tara: Ward['meera'];

beforeAll(async () => {
  ward = await openWard();
  const { hospital, meera, rao, delegation } = ward;
  iyer = await hospital.doctor('Kavya Iyer');
  tara = await hospital.patient('Tara Menon');
  await add(tara.device, note('tooth ache'));
  await consented(hospital, rao.device, tara.device);
  // Every device has been in contact before the backup.
  for (const { store } of [meera, rao, ward.shah, iyer, tara]) await hospital.resumed(store);
  await resume(hospital.surroundings(hospital.operator.store)).catch(() => {});
  backup = await Backup.of(hospital);
  // What the backup does not know:
  await endDelegation(rao.device, delegation);
  await hospital.resumed(meera.store);
  await add(meera.device, note('lung scan', { words: ['lung'] }));
  await consented(hospital, iyer.device, meera.device);
  await revokeConsent(meera.device, rao.device.account);
  await backup.start();
});
afterAll(async () => {
  await backup?.stop();
  await ward.hospital.stop();
});

const opened = async (person: Ward['rao'], word: string) => readAll(await backup.resumed(person), word);

describe('a node restored from a backup older than a revocation', () => {
  it('says so, in health and in metrics, with how many patients wait', async () => {
    const { height, waiting } = (await backup.health()).restored!;
    expect(height).toBe(backup.node!.context.ledger.head().height);
    expect(waiting).toBe(2);
    const metrics = await (await fetch(`${backup.node!.url}/metrics`)).text();
    expect(metrics).toMatch(/^salus_restored_waiting 2$/m);
  });

  it('is met by no device that saw more, before its person accepts it', async () => {
    for (const { store } of [ward.meera, iyer]) {
      const { code, facts } = await refused(() => backup.resumed({ store }));
      expect(code).toBe('ledger-restored');
      expect(Date.parse(String(facts.backup))).toBeLessThan(Date.parse(String(facts.restored)));
    }
  });

  it('opens nothing of a patient: not to who was cut off, not to others, not to herself, and writes no read down', async () => {
    const { rao, meera } = ward;
    await backup.accepted(rao);
    const { ledger } = backup.node!.context;
    const device = await backup.resumed(rao);
    const before = ledger.head().logSize;
    const found = await searchWords(device, ['heart']);
    expect(found).toHaveLength(1);
    const { code, facts } = await refused(() => openFound(device, found, 'treatment'));
    expect({ code, waitingFor: facts.waitingFor }).toEqual({
      code: 'restored-waiting',
      waitingFor: 'patient and operator',
    });
    const read = await device.operation('read.open', {
      purpose: 'treatment',
      key: new Uint8Array(32),
      reads: [[ward.records.heart, 'document', 1, new Uint8Array(32), '']],
    });
    expect(await refusal(() => device.client.call('submit', { operations: [read.bytes] }))).toBe('restored-waiting');
    expect(ledger.head().logSize).toBe(before);
    expect(await refusal(() => opened(rao, 'tooth'))).toBe('restored-waiting');
    const owner = await past(meera.device);
    for (const name of ['ownRecords', 'storedForm'] as const)
      expect(await refusal(() => owner.client.call(name, {}, { record: ward.records.heart, group: 'document' }))).toBe(
        'restored-waiting',
      );
  });

  it('waits for the operator too; a patient who saw nothing newer has nothing to accept', async () => {
    const device = await backup.resumed(tara);
    expect(device.caughtUp).toMatchObject({ sentAgain: 0, missing: [], waitingFor: ['operator'], shown: true });
    expect((await backup.health()).restored!.waiting).toBe(2);
    const { facts } = await refused(() => opened(ward.rao, 'tooth'));
    expect(facts.waitingFor).toBe('operator');
    const { operator } = ward.hospital;
    const report = await backup.accepted(operator);
    expect(report.waitingFor).toEqual([]);
    // That a request was checked means nothing before the request is there again.
    expect(report.pending).toHaveLength(1);
    expect((await backup.health()).restored!.waiting).toBe(1);
    expect(await opened(ward.rao, 'tooth')).toEqual(['tooth ache']);
  });

  it('takes again what the patient sends, says what is gone, and then refuses whoever was cut off', async () => {
    const { meera, rao, shah } = ward;
    expect(await refusal(() => opened(rao, 'heart'))).toBe('restored-waiting');
    const report = await backup.accepted(meera);
    expect(report).toMatchObject({ waitingFor: [], shown: true, pending: [], reopen: [] });
    // The record's pieces are in the clouds and its slots were in the database: only its author can add it again.
    expect(report.missing).toEqual([
      expect.objectContaining({ type: 'record.commit', title: 'lung scan', code: 'content-missing' }),
    ]);
    expect((await backup.health()).restored!.waiting).toBe(0);
    // Her consent to Rao ended, Rao's sharing with Shah ended.
    expect(await refusal(() => opened(rao, 'heart'))).toBe('read-refused');
    const colleague = await backup.resumed(shah);
    expect(await searchDelegated(colleague, TOPIC)).toEqual([]);
    // Iyer, to whom she had agreed since, reads what was opened to her before, made anew.
    await backup.accepted(iyer);
    expect(await opened(iyer, 'heart')).toEqual(['heart murmur']);
    // And everything goes on.
    const owner = await backup.resumed(meera);
    expect(owner.caughtUp).toBeUndefined();
    await add(owner, note('lung scan', { words: ['lung'] }));
    expect(await opened(iyer, 'lung')).toEqual(['lung scan']);
    let own = 0;
    for await (const _ of myRecords(owner)) own++;
    expect(own).toBe(3);
    await verifyLedger(await backup.resumed(ward.hospital.operator));
  });

  it('stays as it is over a restart, and the device remembers what was gone', async () => {
    await backup.startAgain();
    expect((await backup.health()).restored!.waiting).toBe(0);
    expect(await opened(iyer, 'heart')).toEqual(['heart murmur']);
    expect((await caughtUp(ward.meera.store))!.missing).toHaveLength(1);
  });
});

/** A device that asks the restored node without looking whether its ledger goes on from what it knew. */
async function past({ identity, store, random, now }: Device): Promise<Device> {
  const client = new Client(backup.node!.url);
  return new Device(client, await Trust.of(client, store), identity, store, random, now);
}
