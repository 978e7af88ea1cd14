import type { Bytes, Random } from '@salus/base';
import { schemes } from '../errors.ts';
import { digest } from './hash.ts';
import { knownG2, timesG2 } from './pairing/bases.ts';
import {
  generator,
  hashToG1,
  inv,
  mul,
  pairingsEqual,
  randomScalar,
  readG1,
  readScalar,
  thenClear,
  timesSecret,
  writePoint,
  writeScalar,
} from './pairing/curve.ts';
import type { Scalar } from './scalar.ts';
import { tag } from './suite.ts';

/**
 * A keyed blind index over an oblivious pseudorandom function (2HashDH of Jarecki, Kiayias and Krawczyk 2014, made
 * verifiable by a pairing): the node learns nothing of what is looked up, the device learns one index for each answer.
 * Whoever holds k can guess by itself; that is said in SECURITY.
 */

/** The device's half: query = β·Hid(fields), 48 bytes, and the secret β. */
export function oprfBlind(fields: readonly string[], random: Random): { query: Bytes; blind: Scalar } {
  const beta = randomScalar(random);
  return thenClear([beta], () => ({
    query: writePoint(mul(hashToG1('look-up', ...fields), beta)),
    blind: writeScalar(beta),
  }));
}

/** The node's half: k·query, 48 bytes. Throws `point-unsound`, `scalar-unsound`. Must be rate-limited. About 0.4 ms. */
export function oprfEvaluate(k: Scalar, query: Bytes): Bytes {
  const key = readScalar(k, 'look-up key');
  return thenClear([key], () => writePoint(timesSecret(readG1(query, 'query'), key)));
}

/** K = k·g2, 96 bytes, published on the ledger. */
export function oprfPublicKey(k: Scalar): Bytes {
  const key = readScalar(k, 'look-up key');
  return thenClear([key], () => writePoint(timesG2(key)));
}

/**
 * The 32-byte index of the fields: checks that the node used the published key, e(part, g2) = e(query, K), unblinds,
 * and hashes with the fields. Throws `look-up-unfaithful`, `point-unsound`, `scalar-unsound`. About 5 ms.
 */
export function oprfFinish(answer: { fields: readonly string[]; blind: Scalar; part: Bytes; publicKey: Bytes }): Bytes {
  const beta = readScalar(answer.blind, 'blind');
  return thenClear([beta], () => {
    if (beta.isZero()) throw schemes('scalar-unsound', { what: 'blind' });
    const part = readG1(answer.part, 'part');
    const query = mul(hashToG1('look-up', ...answer.fields), beta);
    if (!pairingsEqual(part, generator().g2, query, knownG2(answer.publicKey, 'look-up public key')))
      throw schemes('look-up-unfaithful');
    return digest(tag('look-up-index'), ...answer.fields, writePoint(mul(part, inv(beta))));
  });
}
