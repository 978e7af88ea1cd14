import { type Bytes, framed } from '@salus/base';
import { knownG2, type Target } from '../keyless/pairing/bases.ts';
import { type G1, hashToG1, pairing, readScalar, thenClear, timesSecret } from '../keyless/pairing/curve.ts';
import type { Scalar } from '../keyless/scalar.ts';

/** What a topic's key is good for: one year, one patient's account, one topic. All three are inside the hash. */
export interface Condition {
  /** UTC year signed in the commit: the epoch of delegations. */
  year: number;
  /** The patient's account id. */
  scope: string;
  /** Normalised topic; `*` for everything. */
  topic: string;
}

/** P_w = Hc(A, year, scope, topic) in G1, for the delegator whose condition master key is A (96 bytes). */
export const conditionPoint = (A: Bytes, { year, scope, topic }: Condition): G1 =>
  hashToG1('Hc', A, String(year), scope, topic);

/** d_w = a·P_w: opens every slot of the delegator's under this condition, and no other. Secret. */
export function conditionKey({ a, A }: { a: Scalar; A: Bytes }, condition: Condition): G1 {
  const master = readScalar(a, 'a');
  return thenClear([master], () => timesSecret(conditionPoint(A, condition), master));
}

/** Y_w = e(P_w, A): what, to the power of r, blinds a topic slot. Its use throws `point-unsound`. */
export const conditionTarget = (A: Bytes, condition: Condition): Target => ({
  name: framed('condition', A, String(condition.year), condition.scope, condition.topic),
  make: () => pairing(conditionPoint(A, condition), knownG2(A, 'condition master key')),
});
