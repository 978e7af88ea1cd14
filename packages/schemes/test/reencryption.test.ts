import { hex } from '@salus/base';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  contextOf,
  directSlot,
  newSecret,
  openDelivered,
  openNamingLiars,
  paddingSlot,
  padTopics,
  personKeys,
  provePossession,
  rekey,
  reopen,
  secretFrom,
  secretFromOpened,
  slotsOfRecord,
  topicSlot,
} from '../src/holder/index.ts';
import {
  blindPoints,
  freshScalar,
  initPairing,
  lockAnswer,
  serve,
  splitLock,
  verifyAuthorProof,
  verifyKeyPossession,
} from '../src/keyless/index.ts';
import { fetchOnce, person, sealedAs, seeded } from './world.ts';

beforeAll(initPairing);

const CONDITION = { year: 2026, scope: 'patient', topic: 'diabetes' };

const closed = expect.objectContaining({ code: 'does-not-open' });

/** A record with Bob's direct slot and Alice's topic slot, and Alice's rekey to Bob. */
function story(seed: string) {
  const rng = seeded(seed);
  const [alice, bob] = [person('alice'), person('bob')];
  const sealed = sealedAs('record', rng);
  const direct = directSlot(sealed.secret, bob.B, rng);
  const topic = topicSlot(sealed.secret, { ...CONDITION, A: alice.A }, rng);
  const toBob = rekey(alice, CONDITION, bob.B, rng);
  const common = { c1: sealed.secret.c1, recipientB: bob.B };
  return {
    rng,
    alice,
    bob,
    ...sealed,
    direct: { ...common, value: direct.value, directE: direct.E, lock: direct.lock },
    delegated: { ...common, value: topic.value, rekey: toBob, lock: topic.lock },
  };
}

describe('the slots of a record', () => {
  it('are those that are made one by one, of the same randomness', () => {
    const [alice, one] = [person('alice'), seeded('slots')];
    const { secret } = sealedAs('record', one);
    const conditions = ['*', 'diabetes'].map((topic) => ({ ...CONDITION, topic }));
    const together = slotsOfRecord(secret, { reader: alice, conditions, padding: 2 }, seeded('made'));
    const rng = seeded('made');
    const direct = directSlot(secret, alice.B, rng);
    const topics = conditions.map((condition) => topicSlot(secret, { ...condition, A: alice.A }, rng));
    expect(together).toEqual({ direct, topics: [...topics, paddingSlot(rng), paddingSlot(rng)] });
  });
});

describe('opening', () => {
  it('gives the sealed secret on both routes, by one code path, in one form', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const { rng, bob, secret, expected, direct, delegated } = story(seed);
        const sizes = [direct, delegated].map((stored) => {
          const fetched = fetchOnce(stored, rng);
          const opened = openDelivered({ b: bob.b, ...fetched, ...expected });
          expect(opened).toEqual(secret);
          return [fetched.E.length, fetched.c2.length, fetched.answers[0]!.value.length];
        });
        expect(sizes).toEqual([
          [48, 576, 32],
          [48, 576, 32],
        ]);
      }),
      { numRuns: 10 },
    );
  });

  it('survives keepers that lie, names them, and needs t honest ones', () => {
    const { rng, bob, secret, expected, delegated } = story('liars');
    const y = freshScalar(rng);
    const points = blindPoints(y, 3, 7, rng);
    const answers = splitLock(delegated.lock, 3, 7, rng).map((share, k) => lockAnswer(share, points[k]!));
    const delivered = serve(delegated, { t: freshScalar(rng), y });
    const openWith = (all: typeof answers) =>
      openNamingLiars({ b: bob.b, ...delivered, ...expected, answers: all, threshold: 3 });
    const lying = answers.map((answer) => (answer.i <= 4 ? { ...answer, value: freshScalar(rng) } : answer));
    expect(openWith(lying)).toMatchObject({ secret, liars: [1, 2, 3, 4] });
    lying[6] = { i: 7, value: new Uint8Array(32).fill(255) };
    expect(() => openWith(lying)).toThrow(closed);
    const twice = [...answers.slice(0, 3), { i: 3, value: freshScalar(rng) }];
    expect(() => openWith(twice)).toThrow(closed);
    expect(openWith([...twice, answers[4]!]).secret).toEqual(secret);
  });

  it('works again from what a device keeps, which is neither M nor K', () => {
    const { rng, bob, secret, expected, direct } = story('kept');
    const { kept } = openNamingLiars({ b: bob.b, ...fetchOnce(direct, rng), ...expected });
    expect(reopen(kept, expected)).toEqual(secret);
    expect([hex(kept.blinded), hex(kept.lock)]).not.toContain(hex(secret.M));
    expect(() => reopen({ ...kept, lock: freshScalar(rng) }, expected)).toThrow(closed);
    expect(() => reopen({ ...kept, blinded: kept.blinded.subarray(1) }, expected)).toThrow(closed);
  });

  it('fails with one error for a wrong topic, year, patient, person, record, κ, lock or single byte', () => {
    const { rng, alice, bob, secret, expected, delegated, direct } = story('wrong');
    const good = { b: bob.b, ...fetchOnce(delegated, rng), ...expected };
    expect(openDelivered(good)).toEqual(secret);
    const other = sealedAs('another record', rng);
    const wrongs = [
      ...[{ topic: 'hiv' }, { year: 2025 }, { scope: 'someone else' }].map((change) => {
        const wrong = rekey(alice, { ...CONDITION, ...change }, bob.B, rng);
        return { ...good, ...fetchOnce({ ...delegated, rekey: wrong }, rng) };
      }),
      { ...good, b: alice.b },
      { ...good, b: person('eve').b },
      { ...good, ...fetchOnce({ ...direct, recipientB: alice.B }, rng) },
      { ...good, ...other.expected },
      { ...good, c1: other.expected.c1 },
      { ...good, com: other.expected.com },
      { ...good, kappa: rng(32) },
      { ...good, ctx: contextOf({ record: 'record', group: 'vitals', generation: 2, author: 'author' }) },
      { ...good, answers: [{ i: 1, value: freshScalar(rng) }] },
      { ...good, answers: [] },
      { ...good, threshold: 2 },
      { ...good, threshold: 0 },
      { ...good, E: new Uint8Array(48).fill(0xc0, 0, 1) },
      { ...good, c2: new Uint8Array(576) },
    ];
    for (const wrong of wrongs) expect(() => openDelivered(wrong)).toThrow(closed);
    const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, k) => (k === at ? byte ^ 1 : byte));
    for (const at of [0, 17, 47]) expect(() => openDelivered({ ...good, E: flip(good.E, at) })).toThrow(closed);
    for (const at of [0, 47, 48, 300, 575])
      expect(() => openDelivered({ ...good, c2: flip(good.c2, at) })).toThrow(closed);
    for (const at of [0, 95]) expect(() => openDelivered({ ...good, c1: flip(good.c1, at) })).toThrow(closed);
  });

  it('fails for every flipped byte of an envelope', () => {
    const { rng, bob, expected, direct } = story('every byte');
    const fetched = fetchOnce(direct, rng);
    const envelope = { E: fetched.E, c2: fetched.c2, lock: fetched.answers[0]!.value };
    for (const name of ['E', 'c2', 'lock'] as const)
      for (let at = 0; at < envelope[name].length; at += name === 'c2' ? 8 : 4) {
        const flipped = { ...envelope, [name]: envelope[name].map((byte, k) => (k === at ? byte ^ 0x10 : byte)) };
        const answers = [{ i: 1, value: flipped.lock }];
        expect(() => openDelivered({ b: bob.b, ...expected, ...flipped, answers, threshold: 1 })).toThrow(closed);
      }
  });
});

describe('serving', () => {
  it('refuses elements of small or wrong order, the identity, and scalars that are none', () => {
    const { rng, delegated, direct } = story('hostile');
    const fresh = () => ({ t: freshScalar(rng), y: freshScalar(rng) });
    const point = expect.objectContaining({ code: 'point-unsound' });
    const identity = new Uint8Array(48).fill(0xc0, 0, 1);
    const { rk1, E } = delegated.rekey;
    for (const wrong of [
      { ...delegated, rekey: { rk1: identity, E } },
      { ...delegated, rekey: { rk1, E: identity } },
      { ...delegated, rekey: { rk1: rk1.subarray(1), E } },
      { ...delegated, c1: new Uint8Array(96).fill(0xc0, 0, 1) },
      { ...delegated, recipientB: identity },
      { ...delegated, value: new Uint8Array(576) },
      { ...direct, directE: identity },
      { ...direct, directE: new Uint8Array(0) },
    ])
      expect(() => serve(wrong, fresh())).toThrow(point);
    const big = new Uint8Array(32).fill(255);
    for (const scalars of [
      { ...fresh(), t: big },
      { ...fresh(), y: big },
    ])
      expect(() => serve(direct, scalars)).toThrow(expect.objectContaining({ code: 'scalar-unsound' }));
  });
});

describe('secrets', () => {
  it('follow from (z, κ) or from M alone, and are bound to their context', () => {
    const rng = seeded('secrets');
    const ctx = contextOf({ record: 'r', group: 'vitals', generation: 1, author: 'p' });
    const origin = newSecret(rng);
    const secret = secretFrom(origin, ctx);
    expect(secretFrom(origin, ctx)).toEqual(secret);
    expect(secretFromOpened(secret.M, origin.kappa, ctx)).toEqual(secret);
    expect(() => secretFromOpened(secret.M.subarray(1), origin.kappa, ctx)).toThrow();
    const elsewhere = secretFrom(origin, contextOf({ record: 'r', group: 'vitals', generation: 2, author: 'p' }));
    expect(elsewhere.M).toEqual(secret.M);
    for (const part of ['K', 'r', 'c1', 'com'] as const) expect(elsewhere[part]).not.toEqual(secret[part]);
  });

  it('are opened by a reader to whom a reader who opened them sealed them again, with the same c1', () => {
    const { rng, bob, expected, direct } = story('again');
    const opened = openDelivered({ b: bob.b, ...fetchOnce(direct, rng), ...expected });
    const carol = person('carol');
    const slot = directSlot(opened, carol.B, rng);
    const stored = { value: slot.value, directE: slot.E, lock: slot.lock, c1: opened.c1, recipientB: carol.B };
    expect(openDelivered({ b: carol.b, ...fetchOnce(stored, rng), ...expected })).toEqual(opened);
  });

  it('come with a proof that their author knew r, for this record and no other', () => {
    const rng = seeded('proof');
    const [one, two] = [sealedAs('one', rng), sealedAs('two', rng)];
    const proof = one.secret.proof(rng);
    expect(verifyAuthorProof(one.secret.c1, one.expected.ctx, proof)).toBe(true);
    expect(verifyAuthorProof(one.secret.c1, two.expected.ctx, proof)).toBe(false);
    expect(verifyAuthorProof(two.secret.c1, one.expected.ctx, proof)).toBe(false);
    for (let at = 0; at < proof.length; at += 5) {
      const flipped = proof.map((byte, k) => (k === at ? byte ^ 1 : byte));
      expect(verifyAuthorProof(one.secret.c1, one.expected.ctx, flipped)).toBe(false);
    }
    expect(verifyAuthorProof(one.secret.c1, one.expected.ctx, proof.subarray(1))).toBe(false);
    expect(verifyAuthorProof(new Uint8Array(96), one.expected.ctx, proof)).toBe(false);
  });
});

describe('keys of a person', () => {
  it('come back from the root, and differ for each organisation', () => {
    const root = seeded('root')(32);
    expect(personKeys(root, 'one')).toEqual(personKeys(root, 'one'));
    const [one, two] = [personKeys(root, 'one'), personKeys(root, 'two')];
    for (const part of ['a', 'A', 'b', 'B', 'boxSeed', 'boxKey'] as const) expect(one[part]).not.toEqual(two[part]);
    expect(new Set([one.a, one.b, one.boxSeed].map(hex)).size).toBe(3);
  });

  it('are proven to be known, for one network, account and pair of keys', () => {
    const keys = person('alice');
    const statement = { network: seeded('genesis')(32), account: 'a'.repeat(32), keys };
    const proven = provePossession(statement, seeded('possession'));
    expect(verifyKeyPossession(proven)).toBe(true);
    const eve = person('eve');
    for (const change of [{ network: new Uint8Array(32) }, { account: 'b'.repeat(32) }, { A: eve.A }, { B: eve.B }])
      expect(verifyKeyPossession({ ...proven, ...change })).toBe(false);
    for (let at = 0; at < proven.proof.length; at += 7) {
      const proof = proven.proof.map((byte, k) => (k === at ? byte ^ 1 : byte));
      expect(verifyKeyPossession({ ...proven, proof })).toBe(false);
    }
    expect(verifyKeyPossession({ ...proven, proof: new Uint8Array(208) })).toBe(false);
  });
});

describe('topic slots', () => {
  it('are padded to 4, 8 or 16 with slots that look alike, and are sixteen at most', () => {
    expect([1, 4, 5, 8, 9, 16].map(padTopics)).toEqual([4, 4, 8, 8, 16, 16]);
    expect(() => padTopics(17)).toThrow(expect.objectContaining({ code: 'topics-too-many' }));
    const { rng, secret, alice } = story('padding');
    const [real, padding] = [topicSlot(secret, { ...CONDITION, A: alice.A }, rng), paddingSlot(rng)];
    expect(Object.keys(padding)).toEqual(Object.keys(real));
    expect([padding.value.length, padding.lock.length]).toEqual([real.value.length, real.lock.length]);
  });

  it('never repeat: two slots of one record and topic share neither value nor lock', () => {
    const { rng, secret, alice } = story('fresh');
    const slots = Array.from({ length: 8 }, () => topicSlot(secret, { ...CONDITION, A: alice.A }, rng));
    expect(new Set(slots.map((slot) => hex(slot.value))).size).toBe(8);
    expect(new Set(slots.map((slot) => hex(slot.lock))).size).toBe(8);
  });
});
