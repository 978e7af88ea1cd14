import { type Bytes, hex, isSalusError, utf8 } from '@salus/base';
import { conditionPoint } from '../../src/holder/conditions.ts';
import {
  cardKey,
  directSlot,
  manifestKey,
  openDelivered,
  openOwnerBox,
  provePossession,
  rekey,
  sealOwnerBox,
  topicSlot,
} from '../../src/holder/index.ts';
import {
  blindPoints,
  boxKeyOf,
  combineLock,
  freshScalar,
  lockAnswer,
  oprfBlind,
  oprfEvaluate,
  oprfFinish,
  oprfPublicKey,
  sealBox,
  sealOnce,
  serve,
  sha256,
  splitLock,
} from '../../src/keyless/index.ts';
import { writePoint } from '../../src/keyless/pairing/curve.ts';
import { person, sealedAs, seeded } from '../world.ts';

const CONDITION = { year: 2026, scope: 'b'.repeat(32), topic: 'diabetes' };
const flip = (bytes: Bytes, at: number): Bytes => bytes.map((byte, k) => (k === at ? byte ^ 1 : byte));

/** What a call gives, or the code of its error. */
export function outcome<Result>(call: () => Result): { result: Result } | { error: string } {
  try {
    return { result: call() };
  } catch (thrown) {
    if (isSalusError(thrown)) return { error: thrown.code };
    throw thrown;
  }
}

/** The golden vectors of spec/schemes.md, made anew from one seed. Bytes are hexadecimal. */
export async function schemesVectors(): Promise<unknown> {
  const rng = seeded('vectors of the schemes');
  const [alice, bob] = [person('alice'), person('bob')];
  const { secret, expected } = sealedAs('c'.repeat(32), rng, 'a'.repeat(32));
  const possession = provePossession({ network: sha256(utf8('genesis')), account: 'a'.repeat(32), keys: alice }, rng);
  const proof = secret.proof(rng);
  return {
    keys: [{ root: sha256(utf8('alice')), organisation: 'st-elsewhere', ...alice, boxKey: sha256(alice.boxKey) }],
    possession: [
      { ...possession, holds: true },
      { ...possession, account: 'b'.repeat(32), holds: false },
      { ...possession, proof: flip(possession.proof, 100), holds: false },
    ],
    conditions: [{ A: alice.A, ...CONDITION, P: writePoint(conditionPoint(alice.A, CONDITION)) }],
    secrets: [
      {
        name: { record: 'c'.repeat(32), group: 'vitals', generation: 1, author: 'a'.repeat(32) },
        ...expected,
        M: secret.M,
        K: secret.K,
        r: secret.r,
        manifestKey: { version: 1, salt: sha256(utf8('salt')), key: manifestKey(secret.K, 1, sha256(utf8('salt'))) },
        cardKey: { version: 1, salt: sha256(utf8('salt')), key: cardKey(secret.K, 1, sha256(utf8('salt'))) },
      },
    ],
    authorProofs: [
      { c1: secret.c1, ctx: expected.ctx, proof, holds: true },
      { c1: secret.c1, ctx: flip(expected.ctx, 0), proof, holds: false },
      { c1: secret.c1, ctx: expected.ctx, proof: flip(proof, 127), holds: false },
    ],
    fetches: fetches(),
    locks: locks(),
    lookUps: lookUps(),
    sealed: await sealed(),
  };

  function fetches(): unknown[] {
    const direct = directSlot(secret, bob.B, rng);
    const topic = topicSlot(secret, { ...CONDITION, A: alice.A }, rng);
    const toBob = rekey(alice, CONDITION, bob.B, rng);
    const common = { c1: secret.c1, recipientB: bob.B };
    const routes = [
      { stored: { ...common, value: direct.value, directE: direct.E }, lock: direct.lock },
      { stored: { ...common, value: topic.value, rekey: toBob }, lock: topic.lock },
    ];
    return routes.flatMap(({ stored, lock }) => {
      const [t, y] = [freshScalar(rng), freshScalar(rng)];
      const delivered = serve(stored, { t, y });
      const points = blindPoints(y, 2, 3, rng);
      const answers = splitLock(lock, 2, 3, rng).map((share, k) => lockAnswer(share, points[k]!));
      const lie = answers.with(0, { i: 1, value: answers[1]!.value });
      const opening = { b: bob.b, ...delivered, answers, threshold: 2, ...expected };
      const changes = [
        {},
        { answers: lie },
        { E: flip(delivered.E, 47) },
        { c2: flip(delivered.c2, 9) },
        { b: alice.b },
      ];
      const openings = changes.map((change) => {
        const { c1, com, kappa, ctx, ...own } = { ...opening, ...change };
        return { ...own, ...outcome(() => openDelivered({ ...opening, ...change }).K) };
      });
      return [{ stored, t, y, delivered, expected, openings }];
    });
  }

  function locks(): unknown[] {
    const x = freshScalar(rng);
    const shares = splitLock(x, 3, 5, rng);
    const cases = [shares.slice(0, 3), shares.slice(2), shares.slice(0, 2), [shares[0]!, shares[0]!, shares[1]!]];
    const unreduced = [shares[0]!, shares[1]!, { i: 3, value: new Uint8Array(32).fill(255) }];
    return [...cases, unreduced].map((given) => ({
      threshold: 3,
      shares: given,
      ...outcome(() => combineLock(given, 3)),
    }));
  }

  function lookUps(): unknown[] {
    const k = freshScalar(rng);
    const fields = ['name and birth date', 'ada lovelace', '1815-12-10'];
    const { query, blind } = oprfBlind(fields, rng);
    const part = oprfEvaluate(k, query);
    return [part, query].map((answer) => {
      const given = { fields, blind, part: answer, publicKey: oprfPublicKey(k) };
      return { k, query, ...given, ...outcome(() => oprfFinish(given)) };
    });
  }

  async function sealed(): Promise<unknown> {
    const [key, plaintext, aad] = [rng(32), utf8('what was written'), utf8('about')];
    const once = await sealOnce(key, plaintext, aad);
    const box = await sealBox(boxKeyOf(bob.boxSeed).publicKey, plaintext, aad, rng);
    const name = { record: 'c'.repeat(32), group: 'vitals', generation: 1 };
    const [root, origin] = [rng(32), { z: freshScalar(rng), kappa: rng(32) }];
    const ownerBox = await sealOwnerBox(root, name, origin, rng);
    return {
      once: [
        { key, aad, sealed: once, plaintext },
        { key, aad, sealed: flip(once, 3), plaintext: null },
        { key, aad, sealed: flip(once, 40), plaintext: null },
        { key, aad: utf8('above'), sealed: once, plaintext: null },
      ],
      boxes: [
        { seed: bob.boxSeed, aad, box, plaintext },
        { seed: bob.boxSeed, aad, box: flip(box, 1100), plaintext: null },
        { seed: alice.boxSeed, aad, box, plaintext: null },
      ],
      ownerBoxes: [
        { root, name, box: ownerBox, origin: await openOwnerBox(root, name, ownerBox) },
        { root, name: { ...name, generation: 2 }, box: ownerBox, origin: null },
      ],
    };
  }
}

/** Values as they stand in the files: bytes as hexadecimal, everything else as it is. */
export const asJson = (value: unknown): string =>
  `${JSON.stringify(value, (_, part) => (part instanceof Uint8Array ? hex(part) : part), 1)}\n`;
