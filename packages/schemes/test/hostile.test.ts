import { type Bytes, concat, encodeCanonical, framed, u32 } from '@salus/base';
import { type HostileCase, hostileSuite } from '@salus/testkit';
import { describe, it } from 'vitest';
import {
  checkHead,
  directSlot,
  openDelegation,
  openDelivered,
  openEntry,
  openOwnerBox,
  provePossession,
  rekey,
  sealHead,
  sealOwnerBox,
} from '../src/holder/index.ts';
import {
  checkRekey,
  deriveKey,
  freshScalar,
  initPairing,
  mac,
  openBox,
  openRow,
  openSalted,
  oprfBlind,
  oprfEvaluate,
  sealBox,
  sealOnce,
  sealSalted,
  serve,
  sign,
  verifyAuthorProof,
  verifyingKeyOf,
  verifyKeyPossession,
  verifySignature,
} from '../src/keyless/index.ts';
import { readG1, readG2, readGT, readScalar } from '../src/keyless/pairing/curve.ts';
import { tag } from '../src/keyless/suite.ts';
import { fetchOnce, person, sealedAs, seeded } from './world.ts';

await initPairing();

const EMPTY = new Uint8Array(0);
const rng = seeded('hostile');
const id = (digit: string) => digit.repeat(32);
const holder = person('holder');

/** A record's direct slot for its holder, as fetched once, in one string: E 48, c2 576, the answer 32. */
function fetched() {
  const { secret, expected } = sealedAs('hostile', rng);
  const { value, E, lock } = directSlot(secret, holder.B, rng);
  const stored = { value, directE: E, c1: secret.c1, recipientB: holder.B };
  return { secret, expected, stored, once: fetchOnce({ ...stored, lock }, rng) };
}

const groups: HostileCase[] = [
  { what: 'a scalar', usual: 100_000, make: () => ({ samples: [freshScalar(rng)], take: (b) => readScalar(b, 'x') }) },
  { what: 'a point of G1', usual: 5_000, make: () => ({ samples: [holder.B], take: (b) => readG1(b, 'x') }) },
  { what: 'a point of G2', usual: 3_000, make: () => ({ samples: [holder.A], take: (b) => readG2(b, 'x') }) },
  { what: 'a value of GT', usual: 3_000, make: () => ({ samples: [fetched().once.c2], take: (b) => readGT(b, 'x') }) },
];

const proofs: HostileCase[] = [
  {
    what: 'the verifier of signatures',
    usual: 5_000,
    make: async () => {
      const seed = rng(32);
      const key = await verifyingKeyOf(seed);
      const take = (b: Bytes) => verifySignature(b.subarray(64), EMPTY, b.subarray(0, 64));
      return { samples: [concat(await sign(seed, EMPTY), key)], take };
    },
  },
  {
    what: 'the verifier of an author’s proof',
    usual: 1_000,
    make: () => {
      const { secret } = fetched();
      return { samples: [secret.proof(rng)], take: (b) => verifyAuthorProof(secret.c1, secret.ctx, b) };
    },
  },
  {
    what: 'the verifier of possession',
    usual: 1_000,
    make: () => {
      const whole = provePossession({ network: rng(32), account: id('a'), keys: holder }, rng);
      return { samples: [whole.proof], take: (proof) => verifyKeyPossession({ ...whole, proof }) };
    },
  },
  {
    what: 'the check of a head’s signature',
    usual: 2_000,
    make: async () => {
      const [signingKey, dataKey, label] = [rng(32), rng(32), rng(32)];
      const about = { channel: id('c'), month: '2026-11', count: 3, gaps: [1] };
      const entry = await openEntry(dataKey, label, await sealHead({ ...about, dataKey, label, signingKey }, rng));
      const verifyingKey = await verifyingKeyOf(signingKey);
      if (entry?.op !== 'head') throw new Error('a head opens as one');
      return {
        samples: [entry.signature],
        take: (signature) => checkHead({ ...entry, signature }, { ...about, verifyingKey }),
      };
    },
  },
  {
    what: 'the answer to an oblivious look-up',
    usual: 2_000,
    make: () => ({ samples: [oprfBlind(['e-mail'], rng).query], take: (b) => oprfEvaluate(freshScalar(rng), b) }),
  },
];

const opening: HostileCase[] = [
  {
    what: 'the server of values',
    usual: 500,
    make: () => {
      const { stored } = fetched();
      const refresh = { t: freshScalar(rng), y: freshScalar(rng) };
      const whole = concat(stored.directE, stored.value, stored.c1, stored.recipientB);
      const take = (b: Bytes) =>
        serve(
          {
            directE: b.subarray(0, 48),
            value: b.subarray(48, 624),
            c1: b.subarray(624, 720),
            recipientB: b.subarray(720),
          },
          refresh,
        );
      return { samples: [whole], take };
    },
  },
  {
    what: 'the check of a re-encryption key',
    usual: 3_000,
    make: () => {
      const { rk1, E } = rekey(holder, { year: 2026, scope: 'patient', topic: 'x' }, holder.B, rng);
      return {
        samples: [concat(rk1, E)],
        take: (b) => checkRekey({ rk1: b.subarray(0, 48), E: b.subarray(48) }),
      };
    },
  },
  {
    what: 'the opening of what was delivered',
    usual: 500,
    make: () => {
      const { expected, once } = fetched();
      const take = (b: Bytes) => {
        const answers = [{ i: 1, value: b.subarray(624) }];
        return openDelivered({
          ...expected,
          b: holder.b,
          E: b.subarray(0, 48),
          c2: b.subarray(48, 624),
          answers,
          threshold: 1,
        });
      };
      return { samples: [concat(once.E, once.c2, once.answers[0]!.value)], take };
    },
  },
  {
    what: 'a box',
    usual: 1_000,
    make: async () => ({
      samples: [await sealBox(holder.boxKey, rng(40), EMPTY, rng)],
      take: (b) => openBox(holder.boxSeed, holder.boxKey, b, EMPTY),
    }),
  },
  {
    what: 'what is sealed under a salt',
    usual: 10_000,
    make: async () => {
      const key = rng(32);
      return { samples: [await sealSalted(key, rng(40), EMPTY, rng)], take: (b) => openSalted(key, b, EMPTY) };
    },
  },
  {
    what: 'an owner’s box',
    usual: 5_000,
    make: async () => {
      const [root, name] = [rng(32), { record: id('a'), group: 'vitals', generation: 1 }];
      const box = await sealOwnerBox(root, name, { z: freshScalar(rng), kappa: rng(32) }, rng);
      return { samples: [box], take: (b) => openOwnerBox(root, name, b) };
    },
  },
];

/** What somebody who may seal can put inside. */
const sealed: HostileCase[] = [
  {
    what: 'a delegation that its maker sealed',
    usual: 500,
    make: () => {
      const delegation = id('d');
      const inside = {
        delegation,
        topic: 'cardiology',
        rows: [{ patient: id('a'), year: 2026, rowKey: rng(32) }],
        dataKeys: [{ channel: id('b'), epoch: '2026-11', dataKey: rng(32) }],
      };
      const take = async (b: Bytes) =>
        openDelegation(
          holder,
          delegation,
          await sealBox(holder.boxKey, b, framed(tag('delegation-box'), delegation), rng),
        );
      return { samples: [encodeCanonical(inside)], take };
    },
  },
  {
    what: 'a row that its delegator sealed',
    usual: 3_000,
    make: () => {
      const [server, rowKey] = [rng(32), rng(32)];
      const { rk1, E } = rekey(holder, { year: 2026, scope: 'patient', topic: 'x' }, holder.B, rng);
      const inside = encodeCanonical({
        rk1,
        E,
        labelKeys: [{ channel: id('b'), epoch: '2026-11', labelKey: rng(32) }],
      });
      const take = async (b: Bytes) => {
        const row = await sealSalted(mac(rowKey, tag('row/key')), b, EMPTY, rng);
        return openRow(server, rowKey, await sealSalted(server, row, EMPTY, rng));
      };
      return { samples: [concat(u32(inside.length), inside, new Uint8Array(508 - (inside.length % 508)))], take };
    },
  },
  {
    what: 'an entry that its author sealed',
    usual: 5_000,
    make: () => {
      const [dataKey, label] = [rng(32), rng(32)];
      const entry = encodeCanonical({ op: 'del', record: id('a'), group: 'vitals', generation: 1, n: 4 });
      const plain = new Uint8Array(256);
      plain[1] = entry.length;
      plain.set(entry, 2);
      const take = async (b: Bytes) => {
        const salt = rng(32);
        const padded = new Uint8Array(256);
        padded.set(b.subarray(0, 256));
        return openEntry(
          dataKey,
          label,
          concat(salt, await sealOnce(deriveKey(dataKey, tag('entry'), label, salt), padded, label)),
        );
      };
      return { samples: [plain], take };
    },
  },
];

describe('what a server or a device is given', () => {
  const suite = hostileSuite([...groups, ...proofs, ...opening, ...sealed], process.env.SALUS_HOSTILE);
  for (const { claim, check, timeoutMs } of suite) it(claim, check, timeoutMs);
});
