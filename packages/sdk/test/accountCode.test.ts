import { isSalusError } from '@salus/base';
import { initPairing } from '@salus/schemes/keyless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCode, showCode } from '../src/accountCode.ts';
import { monthsBetween } from '../src/months.ts';
import { combine, type Found } from '../src/searching.ts';

await initPairing();
const codes = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe('an account code', () => {
  it('is read again as it was shown, however it is typed', () => {
    fc.assert(
      fc.property(codes, (code) => {
        const shown = showCode(code);
        expect(shown).toMatch(/^([0-9a-z]{4}-){7}[0-9a-z]{4}$/);
        expect(readCode(shown)).toEqual(code);
        expect(readCode(shown.toUpperCase().replaceAll('-', ' ').replaceAll('1', 'I').replaceAll('0', 'O'))).toEqual(
          code,
        );
      }),
    );
  });

  it('mistyped in one place is noticed', () => {
    fc.assert(
      fc.property(codes, fc.nat(31), fc.constantFrom(...'23456789abcdef'), (code, at, typed) => {
        const characters = [...showCode(code).replaceAll('-', '')];
        fc.pre(characters[at] !== typed);
        characters[at] = typed;
        try {
          readCode(characters.join(''));
          expect.unreachable('a wrong code was read');
        } catch (thrown) {
          expect(isSalusError(thrown, 'code-malformed')).toBe(true);
        }
      }),
    );
  });
});

describe('combining searches', () => {
  const found = (record: string): Found => ({
    record,
    group: 'document',
    generation: 1,
    author: 'a',
    slot: 's',
    kappa: new Uint8Array(32),
  });

  it('and asks for every word, or for any; a record found twice by one word counts once', () => {
    const [a, b, c] = ['a', 'b', 'c'].map(found) as [Found, Found, Found];
    expect(
      combine(
        [
          [a, a, b],
          [b, c],
        ],
        'and',
      ),
    ).toEqual([b]);
    expect(
      combine(
        [
          [a, a, b],
          [b, c],
        ],
        'or',
      ),
    ).toEqual([a, b, c]);
    expect(combine([[a], []], 'and')).toEqual([]);
  });
});

describe('months', () => {
  it('run from one to another over the year’s end, the newest where there are too many', () => {
    expect(monthsBetween('2025-11', '2026-02', 10)).toEqual(['2025-11', '2025-12', '2026-01', '2026-02']);
    expect(monthsBetween('2025-11', '2026-02', 2)).toEqual(['2026-01', '2026-02']);
    expect(monthsBetween('2026-03', '2026-02', 9)).toEqual([]);
  });
});
