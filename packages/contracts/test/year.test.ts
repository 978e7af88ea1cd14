import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { yearIsNear, yearStart } from '../src/index.ts';

const DAY_MS = 86_400_000;

describe('years of block time', () => {
  it('begin where the calendar says, leap years included', () => {
    for (let year = 1970; year < 3000; year++) expect(yearStart(year), String(year)).toBe(Date.UTC(year, 0, 1));
  });

  it('a year is near exactly when a moment within a day lies in it', () => {
    const time = fc.integer({ min: DAY_MS, max: 16_000_000_000_000 });
    const yearOf = (ms: number) => new Date(ms).getUTCFullYear();
    fc.assert(
      fc.property(time, fc.integer({ min: -1, max: 1 }), (ms, offset) => {
        const year = yearOf(ms) + offset;
        const near = yearOf(ms - DAY_MS) <= year && year <= yearOf(ms + DAY_MS);
        // The two ends of the day differ by a millisecond, since a year ends before its last midnight.
        return yearIsNear(year, ms) === near || ms % DAY_MS === 0;
      }),
    );
  });
});
