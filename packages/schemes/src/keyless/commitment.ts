import { type Bytes, equal } from '@salus/base';
import { digest, sha256 } from './hash.ts';
import { tag } from './suite.ts';

/** What a `delegation.make` commits to: its sealed rows in order and the box for the delegate. 32 bytes. */
export const delegationCommitment = (rows: readonly { label: Bytes; sealed: Bytes }[], box: Bytes): Bytes =>
  digest(tag('delegation/commitment'), box, ...rows.flatMap(({ label, sealed }) => [label, sha256(sealed)]));

/** Commitment to words that travel sealed beside an operation: 32 random bytes hide them, short as they are. 32 bytes. */
export const wordsCommitment = (words: Bytes, salt: Bytes): Bytes => digest(tag('words/commitment'), salt, words);

/** Whether opened words are the ones committed to. */
export const wordsFit = (words: Bytes, salt: Bytes, commitment: Bytes): boolean =>
  equal(wordsCommitment(words, salt), commitment);
