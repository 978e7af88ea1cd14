import type { Bytes, Random } from '@salus/base';
import { schemes } from '../errors.ts';
import { blinded, powGenerator, receiverTarget, timesG1 } from '../keyless/pairing/bases.ts';
import {
  type Fr,
  type GT,
  mul,
  randomScalar,
  readGT,
  readScalar,
  thenClear,
  writeGT,
  writePoint,
  writeScalar,
} from '../keyless/pairing/curve.ts';
import type { Scalar } from '../keyless/scalar.ts';
import { type Condition, conditionTarget } from './conditions.ts';
import type { Secret } from './secret.ts';

/** What the node stores for one reader of one field group; the lock goes to the keepers and nowhere else. */
export interface DirectSlot {
  /** s·g1, 48 bytes. */
  E: Bytes;
  /** M · gT^x · e(B, g2)^{s·r}, 576 bytes. */
  value: Bytes;
  /** x. Never publish any power of it: each opens the slot. */
  lock: Scalar;
}

/** What the node stores for one topic of one reader who may delegate: only ever re-encrypted. */
export interface TopicSlot {
  /** M · gT^x · Y_w^r, 576 bytes. */
  value: Bytes;
  /** x, this slot's own: a lock shared between slots lets a reader guess their topics. */
  lock: Scalar;
}

/** What slots are made of, and nothing else of a record. */
type Sealable = Pick<Secret, 'M' | 'r'>;

/** Seals M to a reader's key B (48 bytes). Throws `point-unsound`. About 2 ms, 1 ms for a key met often. */
export const directSlot = (secret: Sealable, recipientB: Bytes, random: Random): DirectSlot =>
  withSecret(secret, (M, r) => direct(M, r, recipientB, random));

/** Seals M under a topic of the reader whose condition master key is A (96 bytes). Throws `point-unsound`. */
export const topicSlot = (secret: Sealable, condition: Condition & { A: Bytes }, random: Random): TopicSlot =>
  withSecret(secret, (M, r) => underTopic(M, r, condition, random));

/** What a reader gets of one record: sealed to them, under each of some conditions, and so many that only look like it. */
export interface WantedSlots {
  reader: { B: Bytes; A: Bytes };
  conditions: readonly Condition[];
  padding: number;
}

/** The direct slot, one for each condition in their order, then the padding: as the functions for one make them. Throws `point-unsound`. */
export const slotsOfRecord = (
  secret: Sealable,
  { reader: { B, A }, conditions, padding }: WantedSlots,
  random: Random,
): { direct: DirectSlot; topics: TopicSlot[] } =>
  withSecret(secret, (M, r) => ({
    direct: direct(M, r, B, random),
    topics: [
      ...conditions.map((condition) => underTopic(M, r, { ...condition, A }, random)),
      ...Array.from({ length: padding }, () => paddingSlot(random)),
    ],
  }));

/** Reads a secret once for all slots of a record. */
function withSecret<Made>(secret: Sealable, work: (M: GT, r: Fr) => Made): Made {
  const r = readScalar(secret.r, 'r');
  return thenClear([r], () => work(readGT(secret.M, 'M'), r));
}

function direct(M: GT, r: Fr, recipientB: Bytes, random: Random): DirectSlot {
  const [s, x] = [randomScalar(random), randomScalar(random)];
  const sr = mul(s, r);
  return thenClear([s, x, sr], () => {
    const value = blinded(M, x, receiverTarget(recipientB), sr);
    return { E: writePoint(timesG1(s)), value: writeGT(value), lock: writeScalar(x) };
  });
}

function underTopic(M: GT, r: Fr, condition: Condition & { A: Bytes }, random: Random): TopicSlot {
  const x = randomScalar(random);
  return thenClear([x], () => {
    const value = blinded(M, x, conditionTarget(condition.A, condition), r);
    return { value: writeGT(value), lock: writeScalar(x) };
  });
}

/** A slot that opens nothing and looks like any other: a random power of gT, and a lock. */
export function paddingSlot(random: Random): TopicSlot {
  const [u, x] = [randomScalar(random), randomScalar(random)];
  return thenClear([u, x], () => ({ value: writeGT(powGenerator(u)), lock: writeScalar(x) }));
}

/** Topic slots of a record for one reader at most: fifteen topics and the default. */
export const TOPIC_SLOTS_LIMIT = 16;

/**
 * How many topic slots to store for so many (the default one included), so that the number says little: 4, 8 or 16.
 * Fill up with `paddingSlot` and send in random order. Throws `topics-too-many`.
 */
export function padTopics(count: number): 4 | 8 | 16 {
  if (count > TOPIC_SLOTS_LIMIT) throw schemes('topics-too-many', { limit: TOPIC_SLOTS_LIMIT, count });
  return count <= 4 ? 4 : count <= 8 ? 8 : 16;
}
