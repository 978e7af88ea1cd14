import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newNetwork, newPerson, operationBy, type Person, registration } from '../../contracts/test/fixture/people.ts';
import { openEmbeddedLedger } from '../src/index.ts';

// Operations a second at 500 at once, and the time of one at a time, on the embedded host with a real disk:
//   node packages/ledger/test/fixture/run.mjs packages/ledger/bench/throughput.ts [operations]
const PEOPLE = 50;
const MANY = Number(process.argv[2] ?? 20_000);
const AT_ONCE = 500;
const ONE_BY_ONE = 500;

const net = await newNetwork();
const directory = await mkdtemp(join(tmpdir(), 'salus-ledger-'));
const open = () => openEmbeddedLedger({ directory, ...net, now: Date.now });
let ledger = await open();

const patients: Person[] = [];
for (let i = 0; i < PEOPLE; i++) {
  const patient = await newPerson(net.random);
  await ledger.submit(await operationBy(net, patient, 'account.register', registration(net, patient, 'patient')));
  await ledger.submit(await operationBy(net, net.operator, 'account.activate', { account: patient.account }));
  patients.push(patient);
}
const commit = (patient: Person) => {
  const sealed = {
    c1: net.random(96),
    com: net.random(32),
    bodyRoot: net.random(32),
    year: new Date().getUTCFullYear(),
  };
  const named = { record: operationId(), group: 'document' as const, patient: patient.account };
  return operationBy(net, patient, 'record.commit', { ...named, ...sealed });
};
const operationId = () => Buffer.from(net.random(16)).toString('hex');
const operations: Uint8Array[] = [];
for (let i = 0; i < MANY + ONE_BY_ONE; i++) operations.push(await commit(patients[i % PEOPLE]!));

const report = (metric: string, value: number, extra = {}) =>
  console.log(
    JSON.stringify({ bench: 'ledger', who: 'salus', metric, value: Math.round(value * 100) / 100, ...extra }),
  );

let next = 0;
const start = performance.now();
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    while (next < MANY) await ledger.submit(operations[next++]!);
  }),
);
report('operations_per_second', MANY / ((performance.now() - start) / 1000), { n: MANY, bytes: operations[0]!.length });

const times: number[] = [];
for (const operation of operations.slice(MANY)) {
  const begun = performance.now();
  await ledger.submit(operation);
  times.push(performance.now() - begun);
}
times.sort((a, b) => a - b);
report('one_ms', times[ONE_BY_ONE >> 1]!, { p99: Math.round(times[Math.floor(ONE_BY_ONE * 0.99)]! * 100) / 100 });
await ledger.close();

const reopening = performance.now();
ledger = await open();
report('reopen_ms', performance.now() - reopening, { n: ledger.head().logSize, height: ledger.head().height });
await ledger.close();
await rm(directory, { recursive: true });
