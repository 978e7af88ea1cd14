import type { Bytes, Random } from '@salus/base';
import { add, ORDER, randomScalar, readScalar, writeScalar } from './pairing/curve.ts';

/** 32 bytes, big-endian, below r. */
export type Scalar = Bytes;

/** The scalar zero. Only for what must not be refreshed: tests of attacks, and a lock that is no lock. */
export const ZERO: Scalar = new Uint8Array(32);

/** r, the order of the groups. */
export const GROUP_ORDER: bigint = ORDER;

/** A uniform scalar other than zero. */
export function freshScalar(random: Random): Scalar {
  const scalar = randomScalar(random);
  const bytes = writeScalar(scalar);
  scalar.clear();
  return bytes;
}

/** x + y modulo r. Throws `scalar-unsound`. */
export const addScalars = (x: Scalar, y: Scalar): Scalar =>
  writeScalar(add(readScalar(x, 'scalar'), readScalar(y, 'scalar')));
