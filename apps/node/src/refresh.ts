import type { Bytes } from '@salus/base';
import { blindPoints, freshScalar, type Scalar, type Share } from '@salus/schemes/keyless';
import type { NodeContext } from './context.ts';
import { drawnFrom } from './drawn.ts';

/** What the proxy draws for one slot of one committed read: t and y for what it delivers, and the keeper's point of y. */
export interface Refresh {
  t: Scalar;
  y: Scalar;
  point: Share;
}

/**
 * The same for the same read, slot and row: everything that t and y are mixed with is named. The row by its label, which
 * the node keeps, so that a stolen lock can be traced to the fetch it was given out in.
 */
export function refreshOf(
  { secrets, keepers }: Pick<NodeContext, 'secrets' | 'keepers'>,
  operation: string,
  slot: string,
  row: Bytes | undefined,
): Refresh {
  const random = drawnFrom(secrets.answers, 'SALUS1/serve', operation, slot, row ?? '');
  const [t, y] = [freshScalar(random), freshScalar(random)];
  const { threshold, count, index } = keepers;
  return { t, y, point: blindPoints(y, threshold, count, random)[index - 1]! };
}
