import type { Bytes } from '@salus/base';
import { holds } from './holds.ts';
import { knownG2, timesG1, timesG2 } from './pairing/bases.ts';
import {
  add,
  type Fr,
  G1_BYTES,
  G2_BYTES,
  hashToScalar,
  mul,
  readG1,
  readG2,
  readScalar,
  SCALAR_BYTES,
} from './pairing/curve.ts';

/** R 96 ‖ z 32: Schnorr's proof of knowledge of r for c1 = r·g2 (Schnorr 1991, Fiat–Shamir over the record's context). */
export type AuthorProof = Bytes;
export const AUTHOR_PROOF_BYTES = G2_BYTES + SCALAR_BYTES;

/** The challenge of an author's proof: binds commitment R, statement c1 and the context of the record. */
export const authorChallenge = (R: Bytes, c1: Bytes, ctx: Bytes): Fr => hashToScalar('author-proof', R, c1, ctx);

/**
 * Whether whoever made c1 knew its r, for this context and no other. Without it an author could set c1 to another
 * record's, or to a chosen multiple, and have the node re-encrypt under it. False for anything that does not hold;
 * never throws. About 1.5 ms; check once for each c1.
 */
export function verifyAuthorProof(c1: Bytes, ctx: Bytes, proof: AuthorProof): boolean {
  if (proof.length !== AUTHOR_PROOF_BYTES) return false;
  const R = proof.subarray(0, G2_BYTES);
  return holds(() => {
    const challenge = authorChallenge(R, c1, ctx);
    const response = readScalar(proof.subarray(G2_BYTES), 'response');
    const statement = knownG2(c1, 'c1');
    return timesG2(response).isEqual(add(readG2(R, 'commitment'), mul(statement, challenge)));
  });
}

/** What a person proves at registration. */
export interface KeyPossession {
  /** Genesis hash of the ledger, 32 bytes. */
  network: Bytes;
  /** The account's id. */
  account: string;
  /** a·g2, 96 bytes. */
  A: Bytes;
  /** b·g1, 48 bytes. */
  B: Bytes;
  /** R_A 96 ‖ R_B 48 ‖ z_a 32 ‖ z_b 32. */
  proof: Bytes;
}
export const POSSESSION_BYTES = G2_BYTES + G1_BYTES + 2 * SCALAR_BYTES;

/** The one challenge for both halves of a possession proof. */
export const possessionChallenge = (statement: Omit<KeyPossession, 'proof'>, commitments: Bytes): Fr =>
  hashToScalar('key-possession', statement.network, statement.account, statement.A, statement.B, commitments);

/**
 * Whether the registrant knows a and b for A and B, in this network and account: stops keys made from other people's
 * (rogue keys) and keys copied between accounts. False for anything that does not hold; never throws. About 2 ms.
 */
export function verifyKeyPossession({ proof, ...statement }: KeyPossession): boolean {
  if (proof.length !== POSSESSION_BYTES) return false;
  const commitments = proof.subarray(0, G2_BYTES + G1_BYTES);
  const [atB, atZa, atZb] = [G2_BYTES, G2_BYTES + G1_BYTES, G2_BYTES + G1_BYTES + SCALAR_BYTES];
  return holds(() => {
    const challenge = possessionChallenge(statement, commitments);
    const za = readScalar(proof.subarray(atZa, atZb), 'response');
    const zb = readScalar(proof.subarray(atZb), 'response');
    const RA = readG2(commitments.subarray(0, atB), 'commitment');
    const RB = readG1(commitments.subarray(atB), 'commitment');
    const knowsA = timesG2(za).isEqual(add(RA, mul(readG2(statement.A, 'A'), challenge)));
    const knowsB = timesG1(zb).isEqual(add(RB, mul(readG1(statement.B, 'B'), challenge)));
    return knowsA && knowsB;
  });
}
