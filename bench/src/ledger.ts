import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCanonical, newId } from '@salus/base';
import {
  type Genesis,
  networkOf,
  type Operation,
  type OperationBody,
  type OperationType,
  signOperation,
} from '@salus/contracts';
import { type EmbeddedLedger, openEmbeddedLedger } from '@salus/ledger';
import { personKeys, provePossession } from '@salus/schemes/holder';
import { initPairing, systemRandom as random, verifyingKeyOf } from '@salus/schemes/keyless';
import type { Report } from './runner/figure.ts';
import { median, quantile, timesMs } from './runner/measure.ts';
import { StateTree } from './runner/stateTree.ts';

const OPERATIONS = 15_000;
const AT_ONCE = 500;
const ONE_BY_ONE = 500;
const PATIENTS = 20;

/** Keys that the state tree holds while it is measured, and keys set at once: of one operation, and of a full block. */
const TREE_KEYS = 100_000;
const KEYS_AT_ONCE = [3, 750];
const KEYS_SET = 9_000;

/** Signed operations of about 500 bytes on the embedded ledger: signatures, contracts, state tree, log, flush to disk. */
export async function run(report: Report): Promise<void> {
  for (const atOnce of KEYS_AT_ONCE) {
    const tree = new StateTree(TREE_KEYS);
    const times = await timesMs(KEYS_SET / atOnce, () => tree.add(atOnce));
    const value = (median(times) / atOnce) * 1_000;
    report({ who: 'salus', metric: 'key_us', value, n: TREE_KEYS, at_once: atOnce });
  }
  await initPairing();
  const directory = await mkdtemp(join(tmpdir(), 'salus-ledger-'));
  const { genesisBytes, validatorKey, operator } = await genesis();
  const ledger = await openEmbeddedLedger({ directory, genesisBytes, validatorKey, now: Date.now });
  try {
    const signers = await Promise.all(Array.from({ length: PATIENTS }, () => register(ledger, operator)));
    // Signed beforehand: devices sign, the ledger does not.
    const operations = await Promise.all(
      Array.from({ length: OPERATIONS + 2 * ONE_BY_ONE }, (_, i) => commit(ledger.network, signers[i % PATIENTS]!)),
    );
    let next = 0;
    const start = performance.now();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (next < OPERATIONS) await ledger.submit(operations[next++]!);
      }),
    );
    const seconds = (performance.now() - start) / 1_000;
    const one = await timesMs(ONE_BY_ONE, () => ledger.submit(operations[next++]!));
    const bytes = operations[0]!.length;
    report({ who: 'salus', metric: 'ops_per_s', value: OPERATIONS / seconds, n: OPERATIONS, at_once: AT_ONCE, bytes });
    report({ who: 'salus', metric: 'one_p50_ms', value: median(one), n: ONE_BY_ONE, bytes });
    report({ who: 'salus', metric: 'one_p95_ms', value: quantile(one, 0.95), n: ONE_BY_ONE, bytes });
  } finally {
    await ledger.close();
    await rm(directory, { recursive: true });
  }
}

/** Somebody who signs: an account and one device of it. */
interface Signer {
  account: string;
  device: string;
  seed: Uint8Array;
}

const newSigner = (): Signer => ({ account: newId(random), device: newId(random), seed: random(32) });

const signed = <Type extends OperationType>(
  network: Uint8Array,
  { account, device, seed }: Signer,
  type: Type,
  body: OperationBody[Type],
) => signOperation({ v: 1, network, id: newId(random), account, device, type, body } as Operation, seed);

async function genesis() {
  const operator = newSigner();
  const validatorKey = random(32);
  const keys = personKeys(random(32), 'bench');
  const document: Genesis = {
    v: 1,
    name: 'Bench',
    time: Date.now(),
    validators: [{ id: newId(random), key: await verifyingKeyOf(validatorKey) }],
    operator: {
      account: operator.account,
      A: keys.A,
      B: keys.B,
      boxKey: keys.boxKey,
      device: { id: operator.device, key: await verifyingKeyOf(operator.seed) },
      signIn: { id: newId(random), key: await verifyingKeyOf(random(32)) },
    },
    organisation: { name: 'Bench', lookupKey: keys.A },
    keepers: [{ id: newId(random), boxKey: keys.boxKey }],
  };
  return { genesisBytes: encodeCanonical(document), validatorKey, operator };
}

async function register(ledger: EmbeddedLedger, operator: Signer): Promise<Signer> {
  const patient = newSigner();
  const network = networkOf(ledger.genesisBytes);
  const keys = personKeys(random(32), 'bench');
  const { proof } = provePossession({ network, account: patient.account, keys }, random);
  const body = {
    role: 'patient' as const,
    A: keys.A,
    B: keys.B,
    boxKey: keys.boxKey,
    possession: proof,
    device: { id: patient.device, key: await verifyingKeyOf(patient.seed) },
    signIn: { id: newId(random), key: await verifyingKeyOf(random(32)) },
  };
  await ledger.submit(await signed(network, patient, 'account.register', body));
  await ledger.submit(await signed(network, operator, 'account.activate', { account: patient.account }));
  return patient;
}

const commit = (network: Uint8Array, patient: Signer): Promise<Uint8Array> =>
  signed(network, patient, 'record.commit', {
    record: newId(random),
    group: 'document',
    patient: patient.account,
    c1: random(96),
    com: random(32),
    bodyRoot: random(32),
    year: new Date().getUTCFullYear(),
  });
