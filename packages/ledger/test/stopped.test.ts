import { join } from 'node:path';
import { type Bytes, encodeCanonical } from '@salus/base';
import { parseOperation } from '@salus/contracts';
import { describe, expect, it } from 'vitest';
import type { BlockLog } from '../src/hosts/embedded/blockLog.ts';
import { Chain } from '../src/hosts/embedded/chain.ts';
import { Proposer, WAITING_LIMIT } from '../src/hosts/embedded/proposer.ts';
import { Store } from '../src/hosts/embedded/store.ts';
import { verifyEntries } from '../src/index.ts';
import { Clinic, codeOf, type Person } from './fixture/clinic.ts';

/** A proposer over a clinic's state whose block log is the test's. */
async function over(clinic: Clinic, append: () => Promise<never>) {
  await clinic.ledger.close();
  const store = new Store(join(clinic.path, 'state'));
  const chain = await Chain.open(clinic.trust, store);
  const validator = {
    id: clinic.trust.genesis.validators[0]!.id,
    key: clinic.net.validatorKey,
    now: () => clinic.time,
  };
  const proposer = new Proposer(chain, { append } as unknown as BlockLog, validator, () => {});
  return { proposer, store };
}

describe('a disk that fails', () => {
  it('stops the ledger: nothing is acknowledged, and after a restart the same operation can be sent again', async () => {
    const clinic = await Clinic.open();
    const patient = await clinic.patient();
    const operations = await Promise.all([1, 2, 3].map(() => clinic.commit(patient)));
    const { proposer, store } = await over(clinic, async () => {
      throw new Error('ENOSPC: no space left on device');
    });
    const sent = operations.map((operation) => codeOf(proposer.submit(operation)));
    expect(await Promise.all(sent)).toEqual(['ledger-stopped', 'ledger-stopped', 'ledger-stopped']);
    expect(await codeOf(proposer.submit(await clinic.commit(patient)))).toBe('ledger-stopped');
    await proposer.close();
    await store.close();
    await clinic.reopen();
    expect(clinic.ledger.head().height).toBe(3);
    expect(await codeOf(clinic.submit(...operations))).toBe('nothing');
    await clinic.ledger.close();
  });
});

describe('a flood', () => {
  it('is told to come again once the queue is full', async () => {
    const clinic = await Clinic.open();
    const patient = await clinic.patient();
    const operation = await clinic.commit(patient);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { proposer, store } = await over(clinic, async () => {
      await released;
      throw new Error('ended by the test');
    });
    const outcomes = [codeOf(proposer.submit(operation))];
    const { payload } = parseOperation(operation);
    const forged = (n: number): Bytes => {
      const signature = new Uint8Array(64);
      new DataView(signature.buffer).setUint32(0, n);
      return encodeCanonical([payload, signature]);
    };
    for (let n = 1; n < WAITING_LIMIT; n++) outcomes.push(codeOf(proposer.submit(forged(n))));
    expect(await codeOf(proposer.submit(forged(WAITING_LIMIT)))).toBe('ledger-busy');
    release();
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['ledger-stopped']));
    await proposer.close();
    await store.close();
  });
});

describe('reading while blocks are written', () => {
  it('every proof holds against the header it comes with', async () => {
    const clinic = await Clinic.open();
    const patient = await clinic.patient();
    const key = `events/${patient.account}`;
    const write = async (who: Person) => {
      for (let n = 0; n < 40; n++) await clinic.submit(clinic.commit(who));
    };
    let writing = true;
    const written = Promise.all([write(patient), write(patient)]).finally(() => {
      writing = false;
    });
    let proofs = 0;
    for (; writing; proofs++) {
      await verifyEntries(await clinic.ledger.prove([key, `account/${patient.account}`]), clinic.trust);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await written;
    expect(proofs).toBeGreaterThan(10);
    await clinic.ledger.close();
  });
});
