import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bytes, concat } from '@salus/base';
import { accountKey, eventsKey } from '@salus/contracts';
import { Tagger } from '@salus/schemes/gateway';
import {
  BLOCK_BYTES,
  CommitmentKey,
  freshScalar,
  initPairing,
  merkleRootOf,
  provePart,
  weightsOf,
} from '@salus/schemes/keyless';
import { type HostileCase, hostileSuite, seededRandom } from '@salus/testkit';
import { afterAll, beforeAll, describe, it } from 'vitest';
import {
  type Challenge,
  judge,
  parseBlock,
  parseHeader,
  readBlockLog,
  replay,
  verifyConsistency,
  verifyEntries,
  verifyEventChain,
  verifyHeader,
  verifyInclusionProof,
  verifyStateProof,
} from '../src/index.ts';
import { Clinic, type Person } from './fixture/clinic.ts';
import { directory } from './fixture/directory.ts';

let clinic: Clinic;
let patient: Person;
let operation: Bytes;
let blocks: Bytes[];

beforeAll(async () => {
  clinic = await Clinic.open('hostile');
  patient = await clinic.patient();
  for (let i = 0; i < 6; i++) await clinic.submit((operation = await clinic.commit(patient)));
  blocks = await clinic.blocks();
});
afterAll(() => clinic.ledger.close());

const proven = async () => {
  const key = accountKey(patient.account);
  const answer = await clinic.ledger.prove([key]);
  const { header } = parseHeader(answer.header);
  return { key, answer, header, entry: answer.entries[0]! };
};

const cases: HostileCase[] = [
  { what: 'the reader of blocks', usual: 5_000, make: () => ({ samples: blocks, take: parseBlock }) },
  {
    what: 'the reader of headers',
    usual: 20_000,
    make: () => ({ samples: [clinic.ledger.header()], take: parseHeader }),
  },
  {
    what: 'the verifier of headers',
    usual: 5_000,
    make: () => ({ samples: [clinic.ledger.header()], take: (bytes) => verifyHeader(bytes, clinic.trust) }),
  },
  {
    what: 'the verifier of state proofs',
    usual: 20_000,
    make: async () => {
      const { key, header, entry } = await proven();
      return { samples: [entry.proof], take: (bytes) => void verifyStateProof(header, key, entry.value, bytes) };
    },
  },
  {
    what: 'the verifier of a whole answer',
    usual: 5_000,
    make: async () => {
      const { answer, key, entry } = await proven();
      const take = (bytes: Bytes) =>
        verifyEntries({ ...answer, entries: [{ key, value: bytes, proof: entry.proof }] }, clinic.trust);
      return { samples: [entry.value!], take };
    },
  },
  {
    what: 'the verifier of inclusion proofs',
    usual: 20_000,
    make: async () => {
      const { proof } = (await clinic.ledger.inclusion(idOf(operation)))!;
      const header = clinic.ledger.head();
      return { samples: [proof], take: (bytes) => verifyInclusionProof(header, operation, bytes) };
    },
  },
  {
    what: 'the verifier of consistency',
    usual: 20_000,
    make: async () => {
      const older = parseHeader(clinic.ledger.header(3)!).header;
      const { path } = await clinic.ledger.consistency(older.logSize);
      return { samples: [path], take: (bytes) => void verifyConsistency(older, clinic.ledger.head(), bytes) };
    },
  },
  {
    what: 'the verifier of consistency between headers of any size',
    usual: 20_000,
    make: async () => {
      const { path } = await clinic.ledger.consistency(2);
      const take = (bytes: Bytes) => {
        const newer = parseHeader(bytes).header;
        verifyConsistency({ ...clinic.ledger.head(), logSize: newer.logSize >> 1 }, newer, path);
      };
      return { samples: [], near: [clinic.ledger.header()], take };
    },
  },
  {
    what: 'the verifier of an account’s operations',
    usual: 5_000,
    make: async () => {
      const [entry] = (await clinic.ledger.prove([eventsKey(patient.account)])).entries;
      const operations = clinic.ledger.events(patient.account, 0, 100).map(({ bytes }) => bytes);
      const take = (bytes: Bytes) =>
        verifyEventChain(clinic.ledger.head(), patient.account, [...operations.slice(0, -1), bytes], entry!);
      return { samples: [operations.at(-1)!], take };
    },
  },
  {
    what: 'the judge of an audit’s answer',
    usual: 200,
    make: async () => {
      const { challenge, answer, object } = await oneStored();
      const take = async (bytes: Bytes) => {
        const given = { proof: bytes.subarray(0, 128), missing: [bytes.subarray(128)] };
        const [judged] = await judge(challenge, given, async () => object);
        return judged!.finding === 'held';
      };
      return { samples: [answer.proof], take, parallel: 1 };
    },
  },
  {
    what: 'the judge of an audit’s pieces',
    usual: 100,
    make: async () => {
      const { challenge, answer, object } = await oneStored();
      const take = async (bytes: Bytes) => (await judge(challenge, answer, async () => bytes))[0]!.finding === 'held';
      return { samples: [object], take, parallel: 1 };
    },
  },
  {
    what: 'the replay of blocks',
    usual: 200,
    make: () => ({
      samples: [blocks.at(-1)!],
      take: (bytes) => replay(clinic.net.genesisBytes, [...blocks.slice(0, -1), bytes]),
      parallel: 4,
    }),
  },
  {
    what: 'the reader of a block log',
    usual: 2_000,
    make: () => {
      const file = join(directory(), 'blocks.log');
      const take = (bytes: Bytes) => {
        writeFileSync(file, bytes);
        const read = readBlockLog(file);
        return concat(...read.blocks);
      };
      return { samples: [readFileSync(join(clinic.path, 'blocks.log'))], take };
    },
  },
];

const idOf = (bytes: Bytes): string =>
  clinic.ledger.events(patient.account, 0, 100).find((entry) => Buffer.from(entry.bytes).equals(bytes))!.signed
    .operation.id;

describe('what a verifier is given', () => {
  for (const { claim, check, timeoutMs } of hostileSuite(cases, process.env.SALUS_HOSTILE)) it(claim, check, timeoutMs);
});

/** A cloud with an object of two blocks, what an audit asks of it, and an honest answer. */
async function oneStored() {
  await initPairing();
  const random = seededRandom('stored');
  const tagger = new Tagger({ sigma: freshScalar(random), alpha: freshScalar(random) });
  const [seed, cloud, object] = [random(32), 'cloud', random(BLOCK_BYTES + 500)];
  const blocks = [object.subarray(0, BLOCK_BYTES), object.subarray(BLOCK_BYTES)];
  const root = merkleRootOf(blocks);
  const weights = weightsOf(seed, cloud, 2);
  const challenged = blocks.map((block, index) => {
    return { block, tag: tagger.tag({ root, index, cloud }, block), weight: weights[index]! };
  });
  const asked = [0, 1].map((index) => ({ root, sizeBytes: object.length, index, retired: false }));
  const challenge: Challenge = { seed, key: tagger.publicKey, clouds: [{ cloud, total: 2, blocks: asked }] };
  const proof = await provePart(new CommitmentKey(tagger.commitmentKey()), challenged, seed);
  return { challenge, object, answer: { proof, missing: [new Uint8Array(0)] } };
}
