import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  addScalars,
  addShares,
  blindPoints,
  combineLock,
  freshScalar,
  initPairing,
  KEEPERS_LIMIT,
  lockAnswer,
  splitLock,
  thresholdOf,
} from '../src/keyless/index.ts';
import { seeded } from './world.ts';

beforeAll(initPairing);

const unfit = expect.objectContaining({ code: 'shares-unfit' });

describe('locks', () => {
  it('come back from any t of n answers, refreshed by y, in any order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        fc.string(),
        fc.infiniteStream(fc.nat()),
        (n, pick, seed, order) => {
          const t = 1 + (pick % n);
          const rng = seeded(seed);
          const [x, y] = [freshScalar(rng), freshScalar(rng)];
          const points = blindPoints(y, t, n, rng);
          const answers = splitLock(x, t, n, rng).map((share, k) => lockAnswer(share, points[k]!));
          const shuffled = answers
            .map((answer) => ({ answer, rank: order.next().value! }))
            .sort((a, b) => a.rank - b.rank)
            .map(({ answer }) => answer);
          expect(combineLock(shuffled.slice(0, t), t)).toEqual(addScalars(x, y));
          expect(combineLock(shuffled, t)).toEqual(addScalars(x, y));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('with one keeper are x + y', () => {
    const rng = seeded('one');
    const [x, y] = [freshScalar(rng), freshScalar(rng)];
    const [share, point] = [splitLock(x, 1, 1, rng)[0]!, blindPoints(y, 1, 1, rng)[0]!];
    expect(share).toEqual({ i: 1, value: x });
    expect(lockAnswer(share, point).value).toEqual(addScalars(x, y));
  });

  it('add keeper by keeper', () => {
    const rng = seeded('sum');
    const [x, y] = [freshScalar(rng), freshScalar(rng)];
    const sum = addShares(splitLock(x, 3, 5, rng), splitLock(y, 3, 5, rng).reverse());
    expect(combineLock(sum, 3)).toEqual(addScalars(x, y));
    expect(() => addShares(sum, sum.slice(1))).toThrow(unfit);
  });

  it('refuse thresholds, indices and numbers of answers that cannot be', () => {
    const rng = seeded('refused');
    const x = freshScalar(rng);
    for (const [t, n] of [
      [0, 3],
      [4, 3],
      [1, KEEPERS_LIMIT + 1],
      [1.5, 3],
      [1, 0],
    ] as const)
      expect(() => splitLock(x, t, n, rng)).toThrow(unfit);
    const shares = splitLock(x, 2, 3, rng);
    expect(() => combineLock(shares.slice(0, 1), 2)).toThrow(unfit);
    expect(() => combineLock([shares[0]!, shares[0]!], 2)).toThrow(unfit);
    expect(() => combineLock([shares[0]!, { ...shares[1]!, i: 0 }], 2)).toThrow(unfit);
    expect(() => lockAnswer(shares[0]!, shares[1]!)).toThrow(unfit);
    expect(() => splitLock(new Uint8Array(32).fill(255), 2, 3, rng)).toThrow(
      expect.objectContaining({ code: 'scalar-unsound' }),
    );
  });

  it('need more than a third of the keepers, and two where there are two', () => {
    expect([1, 2, 3, 4, 6, 7, 10].map(thresholdOf)).toEqual([1, 2, 2, 2, 2, 3, 4]);
  });
});
