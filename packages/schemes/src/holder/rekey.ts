import type { Bytes, Random } from '@salus/base';
import { timesG1, timesReceiver } from '../keyless/pairing/bases.ts';
import { randomScalar, sub, thenClear, writePoint } from '../keyless/pairing/curve.ts';
import type { Scalar } from '../keyless/scalar.ts';
import type { Rekey } from '../keyless/serve.ts';
import { type Condition, conditionKey } from './conditions.ts';

/**
 * Lets the node turn the delegator's slots of one condition into answers for the receiver B (48 bytes):
 * rk1 = d_w − s·B, E = s·g1. rk1 alone is uniform. With B's own key it gives d_w for this condition and nothing else.
 * The delegator can be offline from here on. Throws `point-unsound`. About 0.8 ms.
 */
export function rekey(
  delegator: { a: Scalar; A: Bytes },
  condition: Condition,
  recipientB: Bytes,
  random: Random,
): Rekey {
  const s = randomScalar(random);
  return thenClear([s], () => {
    const rk1 = sub(conditionKey(delegator, condition), timesReceiver(recipientB, s));
    return { rk1: writePoint(rk1), E: writePoint(timesG1(s)) };
  });
}
