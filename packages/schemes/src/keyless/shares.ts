import type { Random } from '@salus/base';
import { schemes } from '../errors.ts';
import {
  add,
  div,
  type Fr,
  mul,
  randomScalar,
  readScalar,
  scalarFromBigInt,
  sub,
  thenClear,
  writeScalar,
} from './pairing/curve.ts';
import type { Scalar } from './scalar.ts';

/** One point of a polynomial over Zr: its value at `i`, which is 1 … n. The secret is the value at 0 (Shamir 1979). */
export interface Share {
  i: number;
  value: Scalar;
}

/** Keepers at most: an answer for each is fetched in one request, and readers try subsets of them. */
export const KEEPERS_LIMIT = 64;

/** Keepers that must agree, of n (cryptography section 7): more than a third may lie, or be silent, and none is alone. */
export const thresholdOf = (keepers: number): number =>
  Math.max(Math.min(keepers, 2), Math.floor((keepers - 1) / 3) + 1);

/**
 * Shares a lock x among n keepers so that any t give it back and t − 1 know nothing. Throws `scalar-unsound`,
 * `shares-unfit` where not 1 ≤ t ≤ n ≤ 64.
 */
export function splitLock(x: Scalar, t: number, n: number, random: Random): Share[] {
  if (!(Number.isInteger(t) && Number.isInteger(n) && 1 <= t && t <= n && n <= KEEPERS_LIMIT))
    throw schemes('shares-unfit', { why: `${t} of ${n}` });
  const secret = readScalar(x, 'lock');
  const coefficients = [secret, ...Array.from({ length: t - 1 }, () => randomScalar(random))];
  return thenClear(coefficients, () =>
    Array.from({ length: n }, (_, k) => ({ i: k + 1, value: writeScalar(evaluate(coefficients, k + 1)) })),
  );
}

/**
 * The refresh of one fetch: points of a random polynomial through y at 0, of the keepers' degree. Each keeper gets its
 * point and adds it to its share, so what the reader interpolates is x + y and no answer says anything about x.
 */
export const blindPoints = (y: Scalar, t: number, n: number, random: Random): Share[] => splitLock(y, t, n, random);

/** A keeper's answer to one fetch: its share of the lock plus its point. Throws `shares-unfit` for two indices. */
export function lockAnswer(share: Share, point: Share): Share {
  if (share.i !== point.i) throw schemes('shares-unfit', { why: 'two different keepers' });
  const value = writeScalar(add(readScalar(share.value, 'share'), readScalar(point.value, 'point')));
  return { i: share.i, value };
}

/** Adds two sharings keeper by keeper: shares of the sum. */
export const addShares = (one: readonly Share[], other: readonly Share[]): Share[] =>
  one.map((share) => {
    const match = other.find((candidate) => candidate.i === share.i);
    if (!match) throw schemes('shares-unfit', { why: `no share of keeper ${share.i}` });
    return lockAnswer(share, match);
  });

/**
 * The value at 0 from the first t answers. Throws `shares-unfit` for fewer than t, repeated or unfit indices, and
 * `scalar-unsound`. It cannot know whether an answer is a lie: what is opened with the result must be checked.
 */
export function combineLock(answers: readonly Share[], t: number): Scalar {
  const used = soundShares(answers).slice(0, t);
  if (t < 1 || used.length < t) throw schemes('shares-unfit', { why: `${used.length} of ${t}` });
  return valueAt(used, 0);
}

/** The value at `at` of the polynomial of least degree through the shares. Indices must be distinct. */
export function valueAt(shares: readonly Share[], at: number): Scalar {
  const values = shares.map((share) => readScalar(share.value, 'share'));
  return thenClear(values, () => {
    const sum = shares
      .map((share, k) => mul(values[k]!, weight(shares, share.i, at)))
      .reduce((total, term) => add(total, term));
    const bytes = writeScalar(sum);
    sum.clear();
    return bytes;
  });
}

/** The shares, in order of index. Throws `shares-unfit` for an index outside 1 … 64 or twice. */
export function soundShares(shares: readonly Share[]): Share[] {
  const ordered = [...shares].sort((a, b) => a.i - b.i);
  ordered.forEach((share, k) => {
    if (!Number.isInteger(share.i) || share.i < 1 || share.i > KEEPERS_LIMIT)
      throw schemes('shares-unfit', { why: `index ${share.i}` });
    if (k > 0 && ordered[k - 1]!.i === share.i) throw schemes('shares-unfit', { why: `index ${share.i} twice` });
  });
  return ordered;
}

const small = (value: number): Fr => scalarFromBigInt(BigInt(value));

function evaluate(coefficients: readonly Fr[], at: number): Fr {
  return coefficients.reduceRight((sum, coefficient) => add(mul(sum, small(at)), coefficient), small(0));
}

/** Lagrange coefficient of share i at a point. */
function weight(shares: readonly Share[], i: number, at: number): Fr {
  return shares
    .filter((share) => share.i !== i)
    .reduce((w, { i: j }) => mul(w, div(sub(small(at), small(j)), sub(small(i), small(j)))), small(1));
}
