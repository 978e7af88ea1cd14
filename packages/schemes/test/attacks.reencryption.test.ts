import { concat, hex, type Random } from '@salus/base';
import { beforeAll, describe, expect, it } from 'vitest';
import { conditionKey, conditionPoint } from '../src/holder/conditions.ts';
import { directSlot, openDelivered, openNamingLiars, rekey, reopen, topicSlot } from '../src/holder/index.ts';
import {
  addScalars,
  freshScalar,
  GROUP_ORDER,
  initPairing,
  serve,
  verifyAuthorProof,
  ZERO,
} from '../src/keyless/index.ts';
import {
  add,
  div,
  type G1,
  generator,
  mul,
  pairing,
  pow,
  readG1,
  readG2,
  readGT,
  readScalar,
  scalarFromWide,
  writeGT,
  writePoint,
  writeScalar,
} from '../src/keyless/pairing/curve.ts';
import { fetchOnce, person, sealedAs, seeded } from './world.ts';

beforeAll(initPairing);

const CONDITION = { year: 2026, scope: 'patient', topic: 'diabetes' };
const DICTIONARY = ['asthma', 'cancer', 'diabetes', 'hiv', '*'];
const closed = expect.objectContaining({ code: 'does-not-open' });

/** Randomness whose first draw, an element's secret s, the test keeps: what only its maker knows. */
function recorded(rng: Random): { rng: Random; first: () => Uint8Array } {
  const draws: Uint8Array[] = [];
  return {
    rng: (length) => {
      draws.push(rng(length));
      return draws.at(-1)!.slice();
    },
    first: () => writeScalar(scalarFromWide(draws[0]!)),
  };
}

const minus = (scalar: Uint8Array): Uint8Array => {
  const value = (GROUP_ORDER - BigInt(`0x${hex(scalar)}`)) % GROUP_ORDER;
  return new Uint8Array(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'));
};

function world(seed: string) {
  const rng = seeded(seed);
  const [alice, bob, carol] = [person('alice'), person('bob'), person('carol')];
  const sealed = sealedAs('record', rng);
  const [ofDirect, ofRekey] = [recorded(rng), recorded(rng)];
  const direct = directSlot(sealed.secret, bob.B, ofDirect.rng);
  const topic = topicSlot(sealed.secret, { ...CONDITION, A: alice.A }, rng);
  const toBob = rekey(alice, CONDITION, bob.B, ofRekey.rng);
  const common = { c1: sealed.secret.c1, recipientB: bob.B };
  return {
    rng,
    alice,
    bob,
    carol,
    ...sealed,
    direct: { ...common, value: direct.value, directE: direct.E, lock: direct.lock },
    delegated: { ...common, value: topic.value, rekey: toBob, lock: topic.lock },
    sDirect: ofDirect.first(),
    sRekey: ofRekey.first(),
  };
}

describe('proxy invisibility', () => {
  it('is exact: whatever a direct fetch delivers, one refresh of the delegated route delivers too, byte for byte', () => {
    const { rng, direct, delegated, sDirect, sRekey } = world('invisible');
    for (let fetches = 0; fetches < 8; fetches++) {
      const [t, y] = [freshScalar(rng), freshScalar(rng)];
      const one = fetchOnce(direct, rng, { t, y });
      // t and y are uniform, so these are too: a bijection between the two routes' randomness.
      const twinT = addScalars(addScalars(sDirect, t), minus(sRekey));
      const twinY = addScalars(addScalars(direct.lock, y), minus(delegated.lock));
      expect(fetchOnce(delegated, rng, { t: twinT, y: twinY })).toEqual(one);
    }
  });

  it('is lost without the refresh of E: the delegate links fetches, and tells the routes apart (reproduces at t = 0)', () => {
    const { rng, direct, delegated } = world('linking');
    for (const stored of [direct, delegated]) {
      const weak = [1, 2].map(() => fetchOnce(stored, rng, { t: ZERO }));
      expect(weak[0]!.E).toEqual(weak[1]!.E);
      const sound = [1, 2].map(() => fetchOnce(stored, rng));
      expect(sound[0]!.E).not.toEqual(sound[1]!.E);
    }
    // One rekey serves many records: its E names the route.
    expect(fetchOnce(delegated, rng, { t: ZERO }).E).toEqual(delegated.rekey.E);
    expect(fetchOnce(delegated, rng).E).not.toEqual(delegated.rekey.E);
  });

  it('is lost without the refresh of the lock: the blinded value and lock repeat (reproduces at y = 0)', () => {
    const { rng, bob, expected, direct, delegated } = world('lock repeats');
    for (const stored of [direct, delegated]) {
      const keptOf = (y?: Uint8Array) =>
        openNamingLiars({ b: bob.b, ...fetchOnce(stored, rng, y ? { y } : {}), ...expected }).kept;
      expect(keptOf(ZERO)).toEqual(keptOf(ZERO));
      expect(keptOf()).not.toEqual(keptOf());
    }
  });

  it('holds over many fetches: nothing that is delivered repeats', () => {
    const { rng, direct, delegated } = world('many fetches');
    const fetched = Array.from({ length: 32 }, (_, k) => fetchOnce(k % 2 ? direct : delegated, rng));
    for (const part of ['E', 'c2'] as const) expect(new Set(fetched.map((one) => hex(one[part]))).size).toBe(32);
    expect(new Set(fetched.map((one) => hex(one.answers[0]!.value))).size).toBe(32);
  });
});

describe('collusion of the proxy with a delegate', () => {
  it('gives d_w of the delegated condition, and no other topic, year, patient or the master key', () => {
    const { rng, alice, bob, delegated } = world('collusion');
    const pooled = add(readG1(delegated.rekey.rk1, 'rk1'), mul(readG1(delegated.rekey.E, 'E'), readScalar(bob.b, 'b')));
    expect(pooled.isEqual(conditionKey(alice, CONDITION))).toBe(true);
    for (const change of [{ topic: 'hiv' }, { year: 2027 }, { scope: 'another patient' }])
      expect(pooled.isEqual(conditionKey(alice, { ...CONDITION, ...change }))).toBe(false);
    // The best they can do with two delegations is both keys: no combination is a third.
    const second = conditionKey(alice, { ...CONDITION, topic: 'asthma' });
    const third = conditionKey(alice, { ...CONDITION, topic: 'hiv' });
    expect([add(pooled, second), add(second, second)].some((point: G1) => point.isEqual(third))).toBe(false);
    expect(freshScalar(rng)).not.toEqual(alice.a);
  });

  it('opens nothing without the lock', () => {
    const { alice, expected, secret, delegated } = world('no lock');
    const dw = conditionKey(alice, CONDITION);
    const blinded = writeGT(div(readGT(delegated.value, 'value'), pairing(dw, readG2(secret.c1, 'c1'))));
    expect(() => reopen({ blinded, lock: ZERO }, expected)).toThrow(closed);
    expect(reopen({ blinded, lock: delegated.lock }, expected)).toEqual(secret);
  });
});

describe('a rekey', () => {
  it('works in one direction: slots of the delegate are not turned into the delegator’s', () => {
    const { rng, alice, bob, secret, expected, delegated } = world('direction');
    const slot = topicSlot(secret, { ...CONDITION, A: bob.A }, rng);
    const stored = { ...delegated, value: slot.value, lock: slot.lock, recipientB: alice.B };
    expect(() => openDelivered({ b: alice.b, ...fetchOnce(stored, rng), ...expected })).toThrow(closed);
  });

  it('is not transitive: what reached the delegate cannot be re-encrypted onwards', () => {
    const { rng, bob, carol, expected, delegated } = world('transitive');
    const atBob = fetchOnce(delegated, rng);
    const onwards = rekey(bob, CONDITION, carol.B, rng);
    for (const E of [onwards.E, atBob.E]) {
      const stored = { ...delegated, value: atBob.c2, rekey: { ...onwards, E }, recipientB: carol.B };
      const fetched = fetchOnce({ ...stored, lock: atBob.answers[0]!.value }, rng);
      expect(() => openDelivered({ b: carol.b, ...fetched, ...expected })).toThrow(closed);
    }
  });

  it('serves its receiver alone: another’s key does not open, even where the proxy says it is for them', () => {
    const { rng, carol, expected, delegated } = world('another receiver');
    for (const recipientB of [delegated.recipientB, carol.B]) {
      const fetched = fetchOnce({ ...delegated, recipientB }, rng);
      expect(() => openDelivered({ b: carol.b, ...fetched, ...expected })).toThrow(closed);
    }
  });
});

describe('a malicious proxy', () => {
  it('cannot deliver one record for another, or parts of two fetches, without being caught', () => {
    const { rng, bob, expected, direct, delegated } = world('malicious');
    const other = sealedAs('another', rng);
    const slot = directSlot(other.secret, bob.B, rng);
    const stored = { value: slot.value, directE: slot.E, lock: slot.lock, c1: other.secret.c1, recipientB: bob.B };
    const [one, two, foreign] = [fetchOnce(direct, rng), fetchOnce(delegated, rng), fetchOnce(stored, rng)];
    const mixes = [foreign, { ...one, E: two.E }, { ...one, c2: two.c2 }, { ...one, answers: two.answers }];
    for (const mix of mixes) expect(() => openDelivered({ b: bob.b, ...mix, ...expected })).toThrow(closed);
  });
});

describe('a chosen c1', () => {
  it('would make the proxy compute masks of somebody else’s record (reproduces where the author’s proof is not checked)', () => {
    const { rng, bob, secret, expected, delegated } = world('chosen c1');
    // Bob writes a record of his own whose c1 is the victim's, and whose value is 1.
    const one = writeGT(div(generator().gT, generator().gT));
    const fetched = serve({ ...delegated, value: one }, { t: freshScalar(rng), y: ZERO });
    const own = pairing(mul(readG1(fetched.E, 'E'), readScalar(bob.b, 'b')), readG2(secret.c1, 'c1'));
    const mask = div(own, readGT(fetched.c2, 'c2'));
    // The victim's stored slot loses its mask without any read of the victim's record.
    const blinded = writeGT(div(readGT(delegated.value, 'value'), mask));
    expect(reopen({ blinded, lock: delegated.lock }, expected)).toEqual(secret);

    const mine = sealedAs('bob’s own record', rng, 'bob');
    for (const proof of [mine.secret.proof(rng), secret.proof(rng), new Uint8Array(128)])
      expect(verifyAuthorProof(secret.c1, mine.expected.ctx, proof)).toBe(false);
  });
});

describe('guessing topics', () => {
  const Y = (alice: { A: Uint8Array }, topic: string) =>
    pairing(conditionPoint(alice.A, { ...CONDITION, topic }), readG2(alice.A, 'A'));

  it('from a re-encryption key finds nothing (reproduces where s is missing)', () => {
    const { alice, delegated } = world('dictionary on keys');
    const guess = (rk1: Uint8Array) =>
      DICTIONARY.filter((topic) => pairing(readG1(rk1, 'rk1'), generator().g2).isEqual(Y(alice, topic)));
    expect(guess(writePoint(conditionKey(alice, CONDITION)))).toEqual(['diabetes']);
    expect(guess(delegated.rekey.rk1)).toEqual([]);
  });

  it('by a reader who opened the record finds nothing in other slots (reproduces where slots share a lock)', () => {
    const { rng, alice, secret, delegated } = world('insider');
    const r = readScalar(secret.r, 'r');
    const [M, gT] = [readGT(secret.M, 'M'), generator().gT];
    const guess = (value: Uint8Array, lock: Uint8Array) =>
      DICTIONARY.filter((topic) =>
        div(readGT(value, 'value'), mul(M, pow(gT, readScalar(lock, 'lock')))).isEqual(pow(Y(alice, topic), r)),
      );
    const mine = delegated.lock;
    const shared = writeGT(mul(mul(M, pow(gT, readScalar(mine, 'lock'))), pow(Y(alice, 'hiv'), r)));
    expect(guess(shared, mine)).toEqual(['hiv']);
    const own = topicSlot(secret, { ...CONDITION, topic: 'hiv', A: alice.A }, rng);
    expect(guess(own.value, mine)).toEqual([]);
  });
});

describe('a stolen store', () => {
  it('names the fetch it was made from', () => {
    const { rng, bob, expected, direct } = world('stolen');
    const log = Array.from({ length: 6 }, () => {
      const fetched = fetchOnce(direct, rng);
      return { lock: fetched.answers[0]!.value, fetched };
    });
    const stolen = openNamingLiars({ b: bob.b, ...log[4]!.fetched, ...expected }).kept.blinded;
    const opens = (lock: Uint8Array) => {
      try {
        return Boolean(reopen({ blinded: stolen, lock }, expected));
      } catch {
        return false;
      }
    };
    expect(log.map(({ lock }) => opens(lock))).toEqual([false, false, false, false, true, false]);
    expect(concat(stolen)).toHaveLength(576);
  });
});
