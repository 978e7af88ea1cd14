import type { TimeMs } from '@salus/base';

const DAY_MS = 86_400_000;

/** First millisecond of a UTC year from 1970 on, in the proleptic Gregorian calendar. */
export function yearStart(year: number): TimeMs {
  const leapDays = (before: number) => Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  return ((year - 1970) * 365 + leapDays(year - 1) - leapDays(1969)) * DAY_MS;
}

/** Whether some moment within a day of the time lies in the year: clocks of devices may be a day off at New Year. */
export const yearIsNear = (year: number, time: TimeMs): boolean =>
  yearStart(year) - DAY_MS <= time && time < yearStart(year + 1) + DAY_MS;
