import { type Bytes, equal, isSalusError } from '@salus/base';
import { schemes } from '../errors.ts';
import { powGenerator } from '../keyless/pairing/bases.ts';
import {
  div,
  type Fr,
  generator,
  pairing,
  readG1,
  readG2,
  readGT,
  readScalar,
  thenClear,
  timesSecret,
  writeGT,
} from '../keyless/pairing/curve.ts';
import type { Scalar } from '../keyless/scalar.ts';
import type { Delivered } from '../keyless/serve.ts';
import { combineLock, type Share, soundShares, valueAt } from '../keyless/shares.ts';
import { commitmentOf, Secret } from './secret.ts';

/** What the ledger and the search entry say of the record, against which an opening is checked. */
export interface Expected {
  c1: Bytes;
  com: Bytes;
  kappa: Bytes;
  ctx: Bytes;
}

/** One fetch as the reader receives it. */
export interface Fetched extends Delivered, Expected {
  /** The reader's receiver key. */
  b: Scalar;
  /** The keepers' answers, any number from the threshold up; some may lie. */
  answers: readonly Share[];
  /** Answers that determine the lock. */
  threshold: number;
}

/** What a device keeps of a fetch on disk: with the receiver key gone, and without M or K, it opens this record again. */
export interface Kept {
  /** M · gT^lock, 576 bytes: the delivered value without the reader's part. */
  blinded: Bytes;
  /** The lock of this fetch. */
  lock: Scalar;
}

/** Subsets of answers tried at most: all 6-of-12; beyond, more keepers lie than the threshold allows for. */
export const SUBSETS_LIMIT = 924;

/**
 * Opens what was delivered, with every check: κ, commitment, c1. Throws `does-not-open`, the one error for every cause,
 * after the same work. About 4 ms with honest keepers.
 */
export const openDelivered = (fetched: Fetched): Secret => openNamingLiars(fetched).secret;

/**
 * As `openDelivered`; says also what a device may keep, and which keepers' answers were lies (indices; only answers
 * beyond the threshold can be told). Throws `does-not-open`.
 */
export function openNamingLiars(fetched: Fetched): { secret: Secret; kept: Kept; liars: number[] } {
  const blinded = unblind(fetched);
  for (const answers of subsets(readable(fetched.answers), fetched.threshold)) {
    const lock = combineLock(answers, fetched.threshold);
    const secret = tryLock({ blinded: blinded.bytes, lock }, fetched);
    if (secret && blinded.sound)
      return { secret, kept: { blinded: blinded.bytes, lock }, liars: liarsAmong(fetched.answers, answers) };
  }
  throw schemes('does-not-open');
}

/** Opens again what a device kept, with the same checks. Throws `does-not-open`. */
export function reopen(kept: Kept, expected: Expected): Secret {
  const secret = tryLock(kept, expected);
  if (!secret) throw schemes('does-not-open');
  return secret;
}

/**
 * c2 / e(b·E, c1). Where a received point is unsound, the generator takes its place and the opening fails at the end,
 * so that the time spent says nothing of the cause.
 */
function unblind({ b, E, c1, c2 }: Fetched): { bytes: Bytes; sound: boolean } {
  const { g1, g2, gT } = generator();
  const receiver = readScalar(b, 'b');
  return thenClear([receiver], () => {
    const [point, base, value] = [
      soundOr(() => readG1(E, 'E'), g1),
      soundOr(() => readG2(c1, 'c1'), g2),
      soundOr(() => readGT(c2, 'c2'), gT),
    ];
    const mask = pairing(timesSecret(point.element, receiver), base.element);
    return { bytes: writeGT(div(value.element, mask)), sound: point.sound && base.sound && value.sound };
  });
}

function soundOr<Element>(read: () => Element, otherwise: Element): { element: Element; sound: boolean } {
  try {
    return { element: read(), sound: true };
  } catch (thrown) {
    if (isSalusError(thrown)) return { element: otherwise, sound: false };
    throw thrown;
  }
}

/** The secret, if the lock is right: commitment first (a hash), then c1 (a multiplication). */
function tryLock({ blinded, lock }: Kept, expected: Expected): Secret | undefined {
  const exponent = soundOr<Fr | undefined>(() => readScalar(lock, 'lock'), undefined).element;
  if (!exponent) return undefined;
  return thenClear([exponent], () => {
    const value = soundOr(() => readGT(blinded, 'blinded'), undefined).element;
    if (!value) return undefined;
    const M = writeGT(div(value, powGenerator(exponent)));
    if (!equal(commitmentOf(M, expected.kappa, expected.ctx), expected.com)) return undefined;
    const secret = new Secret(M, expected.kappa, expected.ctx);
    return equal(secret.c1, expected.c1) ? secret : undefined;
  });
}

/** Answers that are shares at all. A second answer of one keeper is left out, and with it both are untrusted. */
function readable(answers: readonly Share[]): Share[] {
  const counts = new Map<number, number>();
  for (const { i } of answers) counts.set(i, (counts.get(i) ?? 0) + 1);
  return answers.filter(
    (answer) =>
      counts.get(answer.i) === 1 &&
      soundOr(() => Boolean(soundShares([answer]) && readScalar(answer.value, 'answer')), false).element,
  );
}

/** Subsets of so many answers, at most `SUBSETS_LIMIT` of them, in order of index. */
function* subsets(answers: readonly Share[], size: number): Generator<Share[]> {
  if (!Number.isInteger(size) || size < 1 || size > answers.length) return;
  const chosen = Array.from({ length: size }, (_, k) => k);
  for (let tried = 0; tried < SUBSETS_LIMIT; tried++) {
    yield chosen.map((k) => answers[k]!);
    let at = size - 1;
    while (at >= 0 && chosen[at] === answers.length - size + at) at--;
    if (at < 0) return;
    const next = chosen[at]! + 1;
    for (let k = at; k < size; k++) chosen[k] = next + k - at;
  }
}

/** Keepers whose answer is not on the polynomial through the answers that opened. */
function liarsAmong(all: readonly Share[], honest: readonly Share[]): number[] {
  const lies = all.filter((answer) => !soundOr(() => equal(valueAt(honest, answer.i), answer.value), false).element);
  return [...new Set(lies.map((lie) => lie.i))].sort((a, b) => a - b);
}
