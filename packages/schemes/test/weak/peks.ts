import type { Bytes, Random } from '@salus/base';
import { digest } from '../../src/keyless/hash.ts';
import { timesG2 } from '../../src/keyless/pairing/bases.ts';
import {
  type Fr,
  type G1,
  type G2,
  hashToG1,
  mul,
  pairing,
  pow,
  randomScalar,
  writeGT,
} from '../../src/keyless/pairing/curve.ts';

/** Public-key encryption with keyword search (Boneh, Di Crescenzo, Ostrovsky and Persiano, 2004) in type-3 groups. */
export interface Peks {
  u: G2;
  test: Bytes;
}

const maskOf = (value: ReturnType<typeof pairing>): Bytes => digest('peks', writeGT(value));

/** Anybody can make one for a public key X = α·g2: that is the point of it, and its weakness. */
export function peks(X: G2, word: string, random: Random): Peks {
  const r = randomScalar(random);
  return { u: timesG2(r), test: maskOf(pow(pairing(hashToG1('peks', word), X), r)) };
}

/** What a reader gives the server to search for a word. */
export const trapdoor = (alpha: Fr, word: string): G1 => mul(hashToG1('peks', word), alpha);

/** Whether an entry is for the trapdoor's word. One pairing. */
export const matches = (trap: G1, { u, test }: Peks): boolean => maskOf(pairing(trap, u)).join() === test.join();

/** The server's attack: makes an entry for each word of a dictionary and tests the trapdoor on it. */
export const guessWord = (X: G2, trap: G1, dictionary: readonly string[], random: Random): string | undefined =>
  dictionary.find((word) => matches(trap, peks(X, word, random)));
