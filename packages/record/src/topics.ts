import { type Bytes, isSalusError, type TimeMs, utf8 } from '@salus/base';
import { normaliseWord, plainForm, WORD_BYTES_LIMIT } from '@salus/schemes/holder';
import { TOPICS_LIMIT, WORDS_LIMIT } from './card.ts';
import { recordError } from './errors.ts';
import { dataTypeTopic } from './mediaType.ts';

/** What a record is found by (words) and delegated by (topics). */
export interface Terms {
  topics: string[];
  words: string[];
}

/** What terms are drawn from; `sample` is the beginning of the content. */
export interface TermSource {
  title: string;
  fileName?: string;
  kind: 'vitals' | 'document';
  mediaType: string;
  time: TimeMs;
  sample: Bytes;
  /** Chosen by the person, beside what is proposed. */
  topics?: readonly string[];
  words?: readonly string[];
}

/** Content beyond this is not searched for words: a page of text names what a document is about. */
export const SAMPLE_BYTES = 64 * 1024;

/**
 * Proposes topics and words: the person's own first, then data type and month (always topics), codes and their names,
 * titles, file names, words of text. Both normalised as everywhere (spec/search.md), within the limits of a card.
 */
export function termsOf(source: TermSource): Terms {
  const month = new Date(source.time).toISOString().slice(0, 7);
  const always = [source.kind === 'vitals' ? 'vital signs' : dataTypeTopic(source.mediaType), month];
  const coded = codedTerms(source);
  const own = (source.topics ?? []).map(topicForm);
  const topics = distinct([...own, ...[...always, ...coded.names].flatMap(indexable)]).slice(0, TOPICS_LIMIT);
  const spoken = [
    ...(source.words ?? []),
    ...topics,
    ...coded.names,
    ...coded.codes,
    source.title,
    source.fileName ?? '',
    textOf(source),
  ];
  const words = distinct(spoken.flatMap(wordsOf)).slice(0, WORDS_LIMIT);
  return { topics, words };
}

/** Words of a text, normalised, each with its form without diacritics beside it. */
export const wordsOf = (spoken: string): string[] =>
  (spoken.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’./-]*/gu) ?? [])
    .flatMap((word) => indexable(word.replace(/[.'’/-]+$/u, '')))
    .flatMap((word) => [word, ...indexable(plainForm(word))]);

/** A topic as compared everywhere: normalised, single spaces. Throws `topic-unfit`. */
export function topicForm(topic: string): string {
  const [form] = indexable(topic);
  if (form === undefined) throw recordError('topic-unfit', { topic: topic.slice(0, 80) });
  return form;
}

/** The one form of a word, or none where it cannot be indexed: too long, as keys and encoded data are, or empty. */
function indexable(word: string): string[] {
  try {
    const form = normaliseWord(word);
    return utf8(form).length < WORD_BYTES_LIMIT ? [form] : [];
  } catch (thrown) {
    if (isSalusError(thrown, 'word-unfit')) return [];
    throw thrown;
  }
}

const distinct = (terms: string[]): string[] => [...new Set(terms.filter((term) => term.length > 0))];

/** Display names and codes of FHIR content: names can be topics, codes are words. A file that only looks like JSON has none. */
function codedTerms(source: TermSource): { names: string[]; codes: string[] } {
  const sample = isJson(source.mediaType) ? textOf(source) : '';
  const named = (keys: string) =>
    [...sample.matchAll(new RegExp(`"(?:${keys})"\\s*:\\s*"([^"\\\\]{2,64})"`, 'g'))].map(([, value]) => value!);
  return {
    names: distinct(named('display|text')).slice(0, CODED_LIMIT),
    codes: distinct(named('code')).slice(0, CODES_LIMIT),
  };
}

// The rest of a card's fifteen topics after data type, month and a few of the person's own.
const CODED_LIMIT = 8;
const CODES_LIMIT = 40;

const isJson = (mediaType: string) => mediaType === 'application/json' || mediaType === 'application/fhir+json';

function textOf(source: TermSource): string {
  if (!isJson(source.mediaType) && !source.mediaType.startsWith('text/')) return '';
  // A sample may end inside a character.
  return new TextDecoder().decode(source.sample.subarray(0, SAMPLE_BYTES));
}
