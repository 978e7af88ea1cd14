import { utf8 } from '@salus/base';
import { beforeAll, describe, expect, it } from 'vitest';
import { directSlot, openDelivered, openNamingLiars, reopen } from '../src/holder/index.ts';
import {
  addScalars,
  blindPoints,
  boxKeyOf,
  combineLock,
  freshScalar,
  initPairing,
  lockAnswer,
  lockBoxAad,
  lockLabel,
  openBox,
  sealBox,
  serve,
  splitLock,
  ZERO,
} from '../src/keyless/index.ts';
import {
  div,
  generator,
  mul,
  pairing,
  readG1,
  readG2,
  readGT,
  readScalar,
  writeGT,
} from '../src/keyless/pairing/curve.ts';
import { valueAt } from '../src/keyless/shares.ts';
import { fetchOnce, person, sealedAs, seeded } from './world.ts';

beforeAll(initPairing);

const closed = expect.objectContaining({ code: 'does-not-open' });

function world(seed: string) {
  const rng = seeded(seed);
  const bob = person('bob');
  const sealed = sealedAs('record', rng);
  const slot = directSlot(sealed.secret, bob.B, rng);
  const stored = { value: slot.value, directE: slot.E, c1: sealed.secret.c1, recipientB: bob.B };
  return { rng, bob, ...sealed, stored, x: slot.lock };
}

describe('a lock', () => {
  it('must never be published as a point: x·g1 opens the slot (reproduces)', () => {
    const { bob, secret, expected, stored, x } = world('commitment');
    const published = mul(generator().g1, readScalar(x, 'x'));
    const receiver = mul(readG1(stored.directE, 'E'), readScalar(bob.b, 'b'));
    const locked = div(readGT(stored.value, 'value'), pairing(receiver, readG2(stored.c1, 'c1')));
    const M = writeGT(div(locked, pairing(published, generator().g2)));
    expect(M).toEqual(secret.M);
    // What the keepers do publish, nothing of x, leaves the reader with the locked value.
    expect(() => reopen({ blinded: writeGT(locked), lock: ZERO }, expected)).toThrow(closed);
  });

  it('stays unknown to t − 1 keepers: their shares fit every lock', () => {
    const { rng, x } = world('t - 1');
    const few = splitLock(x, 3, 5, rng).slice(0, 2);
    for (const candidate of [x, freshScalar(rng), freshScalar(rng)]) {
      // A third share that makes the candidate the secret always exists.
      const third = valueAt([{ i: 0, value: candidate }, ...few], 3);
      expect(combineLock([...few, { i: 3, value: third }], 3)).toEqual(candidate);
    }
  });

  it('stays unknown to the proxy with one keeper, who see the refresh and one share', () => {
    const { rng, x } = world('proxy');
    const y = freshScalar(rng);
    const points = blindPoints(y, 2, 3, rng);
    const share = splitLock(x, 2, 3, rng)[0]!;
    const answer = lockAnswer(share, points[0]!);
    for (const candidate of [x, freshScalar(rng)]) {
      const other = valueAt([{ i: 0, value: candidate }, share], 2);
      const completed = lockAnswer({ i: 2, value: other }, points[1]!);
      expect(combineLock([answer, completed], 2)).toEqual(addScalars(candidate, y));
    }
  });

  it('serves one fetch: what a reader learnt opens no later delivery (reproduces without y)', () => {
    const { rng, bob, expected, secret, stored, x } = world('later');
    const weak = [1, 2].map(() => serve(stored, { t: freshScalar(rng), y: ZERO }));
    const learnt = [{ i: 1, value: x }];
    for (const delivered of weak)
      expect(openDelivered({ b: bob.b, ...delivered, ...expected, answers: learnt, threshold: 1 })).toEqual(secret);
    const first = fetchOnce({ ...stored, lock: x }, rng);
    const later = serve(stored, { t: freshScalar(rng), y: freshScalar(rng) });
    expect(openDelivered({ b: bob.b, ...first, ...expected })).toEqual(secret);
    expect(() => openDelivered({ b: bob.b, ...expected, ...later, answers: first.answers, threshold: 1 })).toThrow(
      closed,
    );
  });

  it('says nothing of itself over many fetches: a keeper’s answers are all different, and so are their sums', () => {
    const { rng, x } = world('many');
    const share = splitLock(x, 2, 3, rng)[1]!;
    const answers = Array.from({ length: 50 }, () => lockAnswer(share, blindPoints(freshScalar(rng), 2, 3, rng)[1]!));
    expect(new Set(answers.map(({ value }) => value.join())).size).toBe(50);
    expect(answers.map(({ value }) => value)).not.toContainEqual(share.value);
  });

  it('survives n − t keepers that lie alike, since what they agree on does not open', () => {
    const { rng, bob, secret, expected, stored, x } = world('conspiracy');
    const y = freshScalar(rng);
    const points = blindPoints(y, 2, 5, rng);
    const answers = splitLock(x, 2, 5, rng).map((share, k) => lockAnswer(share, points[k]!));
    const agreed = splitLock(freshScalar(rng), 2, 5, rng);
    const mixed = answers.map((answer, k) => (k < 3 ? agreed[k]! : answer));
    const delivered = serve(stored, { t: freshScalar(rng), y });
    const opened = openNamingLiars({ b: bob.b, ...delivered, ...expected, answers: mixed, threshold: 2 });
    expect(opened).toMatchObject({ secret, liars: [1, 2, 3] });
  });
});

describe('a lock box', () => {
  it('transplanted to another keeper, or passed off as another sealer’s, does not open', async () => {
    const { rng, x } = world('box');
    const seed = rng(32);
    const sealer = { account: 'a'.repeat(32), device: 'd'.repeat(32) };
    const box = await sealBox(boxKeyOf(seed).publicKey, x, lockBoxAad('keeper-1', sealer), rng);
    expect(await openBox(seed, undefined, box, lockBoxAad('keeper-1', sealer))).toEqual(x);
    const elsewhere = [
      lockBoxAad('keeper-2', sealer),
      lockBoxAad('keeper-1', { ...sealer, account: 'e'.repeat(32) }),
      lockBoxAad('keeper-1', { ...sealer, device: 'e'.repeat(32) }),
      utf8(''),
    ];
    for (const aad of elsewhere) expect(await openBox(seed, undefined, box, aad)).toBeUndefined();
    // Same sealer, same keeper, another record, slot or reader: the label of the share inside says so.
    const [ctx, other] = [rng(32), rng(32)];
    const label = lockLabel(ctx, 'slot', 'reader');
    for (const wrong of [
      lockLabel(other, 'slot', 'reader'),
      lockLabel(ctx, 'slot 2', 'reader'),
      lockLabel(ctx, 'slot', 'eve'),
    ])
      expect(wrong).not.toEqual(label);
  });
});
