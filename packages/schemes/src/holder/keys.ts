import { assert, type Bytes, concat, framed, type Random } from '@salus/base';
import { deriveKey, hkdf } from '../keyless/hash.ts';
import { timesG1, timesG2 } from '../keyless/pairing/bases.ts';
import {
  add,
  type Fr,
  mul,
  randomScalar,
  readScalar,
  scalarFromWide,
  thenClear,
  writePoint,
  writeScalar,
} from '../keyless/pairing/curve.ts';
import { type KeyPossession, possessionChallenge } from '../keyless/proofs.ts';
import type { Scalar } from '../keyless/scalar.ts';
import { tag } from '../keyless/suite.ts';
import { boxKeyOf } from '../keyless/xwing.ts';

/** A person's keys towards one organisation. Keys for two organisations say nothing of belonging to one person. */
export interface PersonKeys {
  /** Condition master: makes the key of every topic. Secret scalar. */
  a: Scalar;
  /** a·g2, 96 bytes. */
  A: Bytes;
  /** Receiver key. Secret scalar. */
  b: Scalar;
  /** b·g1, 48 bytes. */
  B: Bytes;
  /** X-Wing seed, 32 bytes, secret. */
  boxSeed: Bytes;
  /** X-Wing public key, 1,216 bytes. */
  boxKey: Bytes;
}

const ROOT_BYTES = 32;

/** The keys of a person's 32-byte root for the account at one organisation (its id or name). About 3 ms. */
export function personKeys(root: Bytes, organisation: string): PersonKeys {
  assert(root.length === ROOT_BYTES, 'a root has 32 bytes');
  const a = scalarOf(root, 'person/a', organisation);
  const b = scalarOf(root, 'person/b', organisation);
  const boxSeed = deriveKey(root, tag('person/box'), organisation);
  return thenClear([a, b], () => ({
    a: writeScalar(a),
    A: writePoint(timesG2(a)),
    b: writeScalar(b),
    B: writePoint(timesG1(b)),
    boxSeed,
    boxKey: boxKeyOf(boxSeed).publicKey,
  }));
}

function scalarOf(root: Bytes, use: string, organisation: string): Fr {
  const wide = hkdf(root, new Uint8Array(0), framed(tag(use), organisation), 64);
  const scalar = scalarFromWide(wide);
  wide.fill(0);
  return scalar;
}

/** Proves that a and b are known, for one network and account (Schnorr, both statements under one challenge). */
export function provePossession(
  owner: { network: Bytes; account: string; keys: Pick<PersonKeys, 'a' | 'A' | 'b' | 'B'> },
  random: Random,
): KeyPossession {
  const { a, b, A, B } = owner.keys;
  const [secretA, secretB] = [readScalar(a, 'a'), readScalar(b, 'b')];
  const [ka, kb] = [randomScalar(random), randomScalar(random)];
  return thenClear([secretA, secretB, ka, kb], () => {
    const commitments = concat(writePoint(timesG2(ka)), writePoint(timesG1(kb)));
    const statement = { network: owner.network, account: owner.account, A, B };
    const challenge = possessionChallenge(statement, commitments);
    const za = writeScalar(add(ka, mul(challenge, secretA)));
    const zb = writeScalar(add(kb, mul(challenge, secretB)));
    return { ...statement, proof: concat(commitments, za, zb) };
  });
}
