import { utf8 } from '@salus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TOPICS_LIMIT, WORDS_LIMIT } from '../src/card.ts';
import { mediaTypeOf } from '../src/mediaType.ts';
import { type TermSource, termsOf, topicForm, wordsOf } from '../src/topics.ts';

const source: TermSource = {
  title: 'Überweisung Lunge',
  fileName: 'knee MRI.pdf',
  kind: 'document',
  mediaType: 'application/pdf',
  time: Date.UTC(2026, 10, 21),
  sample: new Uint8Array(0),
};

describe('terms', () => {
  it('always hold data type and month, the person’s own topics first', () => {
    expect(termsOf({ ...source, topics: ['  Cardiology '] }).topics).toEqual(['cardiology', 'document', '2026-11']);
    expect(termsOf({ ...source, kind: 'vitals' }).topics).toContain('vital signs');
  });

  it('words are found with and without diacritics', () => {
    const { words } = termsOf(source);
    expect(words).toEqual(expect.arrayContaining(['überweisung', 'uberweisung', 'lunge', 'knee', 'mri.pdf']));
  });

  it('names of FHIR content become topics, names and codes words', () => {
    const sample = utf8(JSON.stringify({ code: { coding: [{ code: '4548-4', display: 'Haemoglobin A1c' }] } }));
    const terms = termsOf({ ...source, mediaType: 'application/fhir+json', sample });
    expect(terms.topics).toContain('haemoglobin a1c');
    // A code says nothing to whoever chooses a topic to share by.
    expect(terms.topics).not.toContain('4548-4');
    expect(terms.words).toEqual(expect.arrayContaining(['haemoglobin', 'a1c', '4548-4']));
  });

  it('hostile content stays within the limits', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5_000, unit: 'binary' }), (content) => {
        const terms = termsOf({
          ...source,
          mediaType: 'text/plain',
          title: content.slice(0, 200),
          sample: utf8(content),
        });
        expect(terms.topics.length).toBeLessThanOrEqual(TOPICS_LIMIT);
        expect(terms.words.length).toBeLessThanOrEqual(WORDS_LIMIT);
        for (const term of [...terms.topics, ...terms.words]) expect(utf8(term).length).toBeLessThan(64);
      }),
    );
  });

  it('a topic that cannot be one is refused, a word too long to search is left out', () => {
    expect(() => topicForm('x'.repeat(70))).toThrow(expect.objectContaining({ code: 'topic-unfit' }));
    expect(wordsOf(`short ${'x'.repeat(70)}`)).toEqual(['short', 'short']);
  });
});

describe('media types', () => {
  it('go by the first bytes; a name alone does not make a picture', () => {
    expect(mediaTypeOf('letter', utf8('%PDF-1.4'))).toBe('application/pdf');
    expect(mediaTypeOf('photo.png', utf8('<script>'))).toBe('application/octet-stream');
    expect(mediaTypeOf('values.CSV', utf8('a,b'))).toBe('text/csv');
  });
});
