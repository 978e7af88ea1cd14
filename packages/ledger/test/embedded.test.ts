import { type Bytes, newId } from '@salus/base';
import {
  accountKey,
  deviceKey,
  eventsKey,
  parseOperation,
  recordKey,
  requestKey,
  type StateValue,
} from '@salus/contracts';
import { describe, expect, it } from 'vitest';
import {
  type CommittedBlock,
  openEmbeddedLedger,
  parseHeader,
  replay,
  verifyConsistency,
  verifyEntries,
  verifyHeader,
  verifyInclusionProof,
} from '../src/index.ts';
import {
  Clinic,
  codeOf,
  named,
  newDevice,
  newNetwork,
  newPerson,
  operationBy,
  registration,
} from './fixture/clinic.ts';
import { directory } from './fixture/directory.ts';

describe('submitting', () => {
  it('gives the place of the operation, and the same place to whoever sends it again', async () => {
    const clinic = await Clinic.open();
    const patient = await clinic.patient();
    const operation = await clinic.commit(patient);
    const [receipt, inFlight] = await clinic.submit(operation, operation);
    expect(inFlight).toEqual(receipt);
    expect(await clinic.ledger.submit(operation)).toEqual(receipt);
    expect(receipt).toMatchObject({ height: 4, index: 0, logIndex: 2, hash: parseOperation(operation).hash });
    await clinic.ledger.close();
    await clinic.reopen();
    expect(await clinic.ledger.submit(operation)).toEqual(receipt);
    expect(clinic.ledger.operation(parseOperation(operation).operation.id)).toMatchObject({
      ...receipt,
      bytes: operation,
    });
    expect(clinic.ledger.head().logSize).toBe(3);
    await clinic.ledger.close();
  });

  it('refuses another operation under a used id, also while the first is in flight', async () => {
    const clinic = await Clinic.open();
    const patient = await clinic.patient();
    const id = newId(clinic.net.random);
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => clinic.commit(patient, id)));
    const outcomes = await Promise.allSettled([clinic.ledger.submit(first!), clinic.ledger.submit(second!)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await codeOf(clinic.ledger.submit(second!))).toBe('operation-id-used');
    expect(await codeOf(clinic.ledger.submit(third!))).toBe('operation-id-used');
    await clinic.ledger.close();
  });

  it('of two operations that race in one block the second sees what the first wrote', async () => {
    const clinic = await Clinic.open();
    const patient = await clinic.patient();
    const body = clinic.commitBody(patient);
    await clinic.submit(operationBy(clinic.net, patient, 'record.commit', body));
    const edit = { record: body.record, group: body.group, generation: 1, version: 2, previous: body.bodyRoot };
    const device = await newDevice(clinic.net.random);
    const [warm, one, other] = await Promise.all([
      clinic.commit(patient),
      operationBy(clinic.net, patient, 'record.update', { ...edit, bodyRoot: clinic.net.random(32) }),
      operationBy(clinic.net, patient, 'record.update', { ...edit, bodyRoot: clinic.net.random(32) }),
    ]);
    const add = await operationBy(clinic.net, patient, 'device.add', { device: named(device) });
    const next = await clinic.commit({ ...patient, device });
    // The first makes the others wait, so that they share a block: the new device's operation with the one that adds it.
    const sent = [warm!, one!, other!, add, next].map((bytes) => clinic.ledger.submit(bytes));
    const [, first, second, added, used] = await Promise.allSettled(sent);
    expect(first!.status).toBe('fulfilled');
    expect(second).toMatchObject({ reason: { code: 'record-conflict', facts: { version: 2, generation: 1 } } });
    expect([added!.status, used!.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(clinic.ledger.get(deviceKey(patient.account, device.id))).toBeDefined();
    await clinic.ledger.close();
  });

  it('writes nothing for what is rejected', async () => {
    const clinic = await Clinic.open();
    const patient = await clinic.patient();
    const before = clinic.ledger.header();
    const stranger = await newPerson(clinic.net.random);
    expect(await codeOf(clinic.submit(clinic.commit(stranger)))).toBe('signer-unknown');
    const foreign = { network: clinic.net.random(32), random: clinic.net.random };
    const replayed = operationBy(foreign, patient, 'record.commit', clinic.commitBody(patient));
    expect(await codeOf(clinic.submit(replayed))).toBe('operation-network');
    expect(await codeOf(clinic.ledger.submit(new Uint8Array(70_000)))).toBe('encoding-oversized');
    const forged = await clinic.commit({ ...patient, device: { ...stranger.device, id: patient.device.id } });
    expect(await codeOf(clinic.ledger.submit(forged))).toBe('signature-invalid');
    expect(clinic.ledger.header()).toEqual(before);
    await clinic.ledger.close();
  });

  it('a caller who uses its buffer again harms nothing', async () => {
    const clinic = await Clinic.open();
    const patient = await clinic.patient();
    const operation = await clinic.commit(patient);
    const buffer = operation.slice();
    const sent = clinic.ledger.submit(buffer);
    buffer.fill(0);
    const { hash } = await sent;
    expect(hash).toEqual(parseOperation(operation).hash);
    await clinic.ledger.close();
  });

  it('block time does not follow a clock that is set back', async () => {
    const clinic = await Clinic.open();
    const patient = await clinic.patient();
    const [before] = await clinic.submit(clinic.commit(patient));
    clinic.time -= 1_000_000_000;
    const [after] = await clinic.submit(clinic.commit(patient));
    expect(after!.time).toBe(before!.time + 1);
    await clinic.ledger.close();
  });

  it('hundreds at once share blocks and keep their order in the chain', async () => {
    const clinic = await Clinic.open();
    const patient = await clinic.patient();
    const operations = await Promise.all(Array.from({ length: 300 }, () => clinic.commit(patient)));
    const receipts = await clinic.submit(...operations);
    expect(new Set(receipts.map(({ logIndex }) => logIndex)).size).toBe(300);
    expect(clinic.ledger.head().height).toBeLessThan(20);
    const listed = [];
    for (let from = 2; ; ) {
      const page = clinic.ledger.events(patient.account, from, 100);
      listed.push(...page);
      from += page.length;
      if (page.length === 0) break;
    }
    expect(listed.map(({ hash }) => hash)).toEqual(
      receipts.toSorted((a, b) => a.logIndex - b.logIndex).map(({ hash }) => hash),
    );
    await clinic.ledger.close();
    expect(await codeOf(clinic.ledger.submit(operations[0]!))).not.toBe('nothing');
  });

  it('rechecks what has been committed against the newest state', async () => {
    const clinic = await Clinic.open();
    const patient = await clinic.patient();
    const device = await newDevice(clinic.net.random);
    await clinic.submit(operationBy(clinic.net, patient, 'device.add', { device: named(device) }));
    const body = clinic.commitBody(patient);
    await clinic.submit(operationBy(clinic.net, patient, 'record.commit', body));
    const reads = [[body.record, 'vitals', 1, clinic.net.random(32), '']] as [string, 'vitals', number, Bytes, ''][];
    const opening = { purpose: 'treatment' as const, key: clinic.net.random(32), reads };
    const operation = await operationBy(clinic.net, { ...patient, device }, 'read.open', opening);
    await clinic.ledger.submit(operation);
    await clinic.ledger.recheck(operation);
    await clinic.submit(operationBy(clinic.net, patient, 'device.revoke', { device: device.id, since: 0 }));
    expect(await codeOf(clinic.ledger.recheck(operation))).toBe('signer-revoked');
    await clinic.ledger.close();
  });
});

describe('reading', () => {
  it('proves values and absences, operations, and that the log only grew', async () => {
    const clinic = await Clinic.open();
    const { ledger, trust } = clinic;
    const first = await verifyHeader(ledger.header(), trust);
    const patient = await clinic.patient();
    const operation = await clinic.commit(patient);
    await ledger.submit(operation);
    const { record } = parseOperation(operation).operation.body as { record: string };
    const keys = [accountKey(patient.account), recordKey(record, 'vitals'), recordKey(record, 'document')] as const;
    const state = await verifyEntries(await ledger.prove(keys), trust);
    expect(state.get(keys[0])).toEqual(ledger.get(keys[0]));
    expect(state.get(keys[1])).toMatchObject({ patient: patient.account, version: 1 });
    expect(state.get(keys[2])).toBeUndefined();

    const inclusion = (await ledger.inclusion(parseOperation(operation).operation.id))!;
    const header = await verifyHeader(inclusion.header, trust);
    expect(verifyInclusionProof(header, operation, inclusion.proof)).toBe(2);
    expect(await ledger.inclusion(newId(clinic.net.random))).toBeUndefined();
    const { path } = await ledger.consistency(first.logSize);
    verifyConsistency(first, header, path);
    await ledger.close();
  });

  it('lists by prefix, page by page', async () => {
    const clinic = await Clinic.open();
    for (let i = 0; i < 5; i++) await clinic.patient();
    const seen: string[] = [];
    for (let after = ''; ; after = seen.at(-1)!) {
      const page = clinic.ledger.list('account/', after, 2);
      if (page.length === 0) break;
      seen.push(...page.map(({ key }) => key));
    }
    expect(seen).toHaveLength(6);
    expect(seen).toEqual(seen.toSorted());
    expect(clinic.ledger.list('request/', '', 10)).toEqual([]);
    expect(clinic.ledger.get(requestKey(newId(clinic.net.random)))).toBeUndefined();
    await clinic.ledger.close();
  });

  it('tells listeners of each block, with the accounts each operation concerns', async () => {
    const clinic = await Clinic.open();
    const told: CommittedBlock[] = [];
    const stop = clinic.ledger.subscribe((block) => told.push(block));
    const patient = await clinic.patient();
    stop();
    await clinic.patient();
    expect(told.map(({ header }) => header.height)).toEqual([2, 3]);
    expect(told[1]!.operations[0]!.accounts).toEqual([clinic.net.operator.account, patient.account]);
    await clinic.ledger.close();
  });

  it('what an account’s chain counts is what its list holds', async () => {
    const clinic = await Clinic.open();
    const patient = await clinic.patient();
    await clinic.submit(clinic.addDevice(patient));
    const chain = clinic.ledger.get(eventsKey(patient.account))!;
    expect(clinic.ledger.events(patient.account, 0, 100)).toHaveLength(chain.count);
    expect(clinic.ledger.events(patient.account, 0, 1)[0]!.signed.operation.type).toBe('account.register');
    expect(clinic.ledger.events(patient.account, chain.count, 10)).toEqual([]);
    await clinic.ledger.close();
  });
});

describe('the same history', () => {
  it('gives the same roots replayed without the node', async () => {
    const clinic = await Clinic.open();
    for (let i = 0; i < 3; i++) {
      const patient = await clinic.patient();
      await clinic.submit(clinic.addDevice(patient), ...Array.from({ length: 20 }, () => clinic.commit(patient)));
    }
    const { height, stateRoot, logRoot, logSize, time } = clinic.ledger.head();
    const { hash } = parseHeader(clinic.ledger.header());
    const replayed = await replay(clinic.net.genesisBytes, clinic.ledger.blocks(1));
    expect(replayed).toEqual({ height, stateRoot, logRoot, logSize, time, hash });
    await clinic.ledger.close();
  });

  it('gives the same state in a copy made from a backup', async () => {
    const clinic = await Clinic.open();
    const patient = await clinic.patient();
    await clinic.submit(clinic.commit(patient));
    const copy = directory();
    await clinic.ledger.backup(copy);
    const before = { header: clinic.ledger.header(), state: dump(clinic) };
    await clinic.submit(clinic.commit(patient));
    await clinic.ledger.close();
    await clinic.reopen(copy);
    expect({ header: clinic.ledger.header(), state: dump(clinic) }).toEqual(before);
    await clinic.ledger.close();
  });
});

const dump = (clinic: Clinic): { key: string; value: StateValue }[] => clinic.ledger.list('', '', 1_000);

describe('opening', () => {
  it('refuses a ledger of another genesis, and a validator that the genesis does not name', async () => {
    const clinic = await Clinic.open();
    await clinic.ledger.close();
    const other = await newNetwork('other');
    const opened = openEmbeddedLedger({ ...other, directory: clinic.path, now: () => 1 });
    expect(await codeOf(opened)).toBe('ledger-foreign');
    const { validatorKey } = other;
    const stranger = openEmbeddedLedger({ ...clinic.net, validatorKey, directory: clinic.path, now: () => 1 });
    expect(await codeOf(stranger)).toBe('ledger-foreign');
  });

  it('a new ledger has a signed header, so that absence can be proven before anything happened', async () => {
    const clinic = await Clinic.open();
    const person = await newPerson(clinic.net.random);
    const state = await verifyEntries(await clinic.ledger.prove([accountKey(person.account)]), clinic.trust);
    expect(state.get(accountKey(person.account))).toBeUndefined();
    expect(state.header.height).toBe(1);
    const body = registration(clinic.net, person, 'doctor');
    await clinic.submit(operationBy(clinic.net, person, 'account.register', body));
    await clinic.ledger.close();
  });
});
