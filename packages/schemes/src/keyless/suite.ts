/**
 * Names the curve, hashes and box of this version of the schemes. It stands in every tag, so that another suite's
 * hashes, keys and signatures never mean anything under this one.
 */
export const SUITE = 'bls12381-xwing-1';

/** The tag of one use under this suite: what every hash, MAC, key derivation and signature starts with. */
export const tag = (use: string): string => `SALUS1/${SUITE}/${use}`;
