import type { Bytes } from '@salus/base';
import { knownG2, powGenerator, timesG1, timesReceiver } from './pairing/bases.ts';
import {
  add,
  div,
  type G1,
  identityG1,
  mul,
  pairing,
  readG1,
  readGT,
  readScalar,
  sub,
  thenClear,
  writeGT,
  writePoint,
} from './pairing/curve.ts';
import type { Scalar } from './scalar.ts';

/** What a delegator gives the node: rk1 = d_w − s·B_to (48 bytes, G1) and E = s·g1 (48 bytes, G1). */
export interface Rekey {
  rk1: Bytes;
  E: Bytes;
}

/** A rekey decoded and checked, for the many records of one answer. Forget it with the answer. */
export interface CheckedRekey {
  /** Opaque: points of G1. */
  readonly checked: { rk1: G1; E: G1 };
}

/** Decodes and checks a rekey once. Throws `point-unsound`. About 0.4 ms. */
export const checkRekey = ({ rk1, E }: Rekey): CheckedRekey => ({
  checked: { rk1: readG1(rk1, 'rk1'), E: readG1(E, 'E') },
});

/** One stored value and for whom it is served: with a rekey (a topic slot), or with the E stored beside a direct value. */
export interface Servable {
  /** gT^{z+x} blinded, 576 bytes. */
  value: Bytes;
  /** Given on the delegated route. */
  rekey?: Rekey | CheckedRekey;
  /** Given on the direct route, 48 bytes. */
  directE?: Bytes;
  /** r·g2 of the record, 96 bytes; its author's proof must have been verified. */
  c1: Bytes;
  /** B of the reader, 48 bytes. */
  recipientB: Bytes;
}

/** What a reader gets besides the keepers' answers. One shape, one length and one cost on both routes. */
export interface Delivered {
  /** s'·g1, 48 bytes. */
  E: Bytes;
  /** M · gT^{x+y} · e(B, g2)^{s'·r}, 576 bytes. */
  c2: Bytes;
}

/**
 * The one read path of the proxy (cryptography section 4): E' = E + t·g1, c2' = value · gT^y / e(rk1 − t·B, c1), with
 * rk1 the identity for a direct value. With t and y fresh and uniform, (c1, E', c2', lock) has one distribution on both
 * routes and no two fetches share anything. Zero is accepted for both so that the attack on a missing refresh can be
 * run; a node passes `freshScalar`. `value` is not known to be of order r: it is multiplied, never raised.
 * Throws `point-unsound`, `scalar-unsound`. One pairing, about 3.5 ms.
 */
export function serve(stored: Servable, { t, y }: { t: Scalar; y: Scalar }): Delivered {
  const refresh = readScalar(t, 't');
  const blinding = readScalar(y, 'y');
  return thenClear([refresh, blinding], () => {
    const { rk1, E } = stored.rekey
      ? ('checked' in stored.rekey ? stored.rekey : checkRekey(stored.rekey)).checked
      : { rk1: identityG1(), E: readG1(stored.directE ?? new Uint8Array(0), 'E') };
    const mask = pairing(sub(rk1, timesReceiver(stored.recipientB, refresh)), knownG2(stored.c1, 'c1'));
    const c2 = div(mul(readGT(stored.value, 'value'), powGenerator(blinding)), mask);
    return { E: writePoint(add(E, timesG1(refresh))), c2: writeGT(c2) };
  });
}
