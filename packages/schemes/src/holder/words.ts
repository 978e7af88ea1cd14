import { utf8 } from '@salus/base';
import { schemes } from '../errors.ts';

/** Longest word, in UTF-8 bytes after normalisation: codes and names fit, sentences do not. */
export const WORD_BYTES_LIMIT = 64;
/** Longest text that is looked at at all, in UTF-16 units: normalisation can grow a text eighteenfold. */
const TEXT_LIMIT = 1024;

/** The word under which every entry of a channel also stands: the chain that lists everything and holds the heads. */
export const EVERYTHING = '*';

/**
 * The one form of a word: NFKC, case folded, runs of white space as one space, diacritics kept. The same on every
 * device, whatever its locale. Throws `word-unfit` for nothing, for `*`, and for more than 64 bytes.
 */
export function normaliseWord(text: string): string {
  if (text.length > TEXT_LIMIT) throw schemes('word-unfit', { why: 'too long' });
  const word = folded(text).replace(/\s+/gu, ' ').trim();
  if (word === '' || word === EVERYTHING) throw schemes('word-unfit', { why: 'empty or reserved' });
  if (utf8(word).length > WORD_BYTES_LIMIT) throw schemes('word-unfit', { why: 'longer than 64 bytes' });
  return word;
}

/** The word without diacritics, for people who type none. Indexed beside the word itself where it differs. */
export const plainForm = (word: string): string => normaliseWord(word.normalize('NFD').replace(/\p{M}+/gu, ''));

/**
 * Case folding by going up and down again, which also joins ß with ss. Final sigma is the one letter whose lower case
 * depends on its place. Folding can leave forms that normalisation changes again, hence the second round.
 */
function folded(text: string): string {
  const once = (form: string) => form.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  return once(once(text)).normalize('NFKC');
}
