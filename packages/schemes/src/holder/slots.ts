import type { Bytes, Random } from '@salus/base';
import { schemes } from '../errors.ts';
import { blinded, powGenerator, receiverTarget, timesG1 } from '../keyless/pairing/bases.ts';
import {
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

/** Seals M to a reader's key B (48 bytes). Throws `point-unsound`. About 2 ms, 1 ms for a key met often. */
export function directSlot(secret: Secret, recipientB: Bytes, random: Random): DirectSlot {
  const [s, x, r] = [randomScalar(random), randomScalar(random), readScalar(secret.r, 'r')];
  const sr = mul(s, r);
  return thenClear([s, x, r, sr], () => {
    const value = blinded(readGT(secret.M, 'M'), x, receiverTarget(recipientB), sr);
    return { E: writePoint(timesG1(s)), value: writeGT(value), lock: writeScalar(x) };
  });
}

/** Seals M under a topic of the reader whose condition master key is A (96 bytes). Throws `point-unsound`. */
export function topicSlot(secret: Secret, condition: Condition & { A: Bytes }, random: Random): TopicSlot {
  const [x, r] = [randomScalar(random), readScalar(secret.r, 'r')];
  return thenClear([x, r], () => {
    const value = blinded(readGT(secret.M, 'M'), x, conditionTarget(condition.A, condition), r);
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
