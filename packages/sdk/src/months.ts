import type { TimeMs } from '@salus/base';

/** Epoch of search channels: the UTC month, `YYYY-MM`. */
export const monthOf = (time: TimeMs): string => new Date(time).toISOString().slice(0, 7);

export const yearOf = (time: TimeMs): number => new Date(time).getUTCFullYear();

/** Months from one to another, both included, oldest first; at most so many of the newest. */
export function monthsBetween(from: string, to: string, limit: number): string[] {
  const months: string[] = [];
  for (let month = to; month >= from && months.length < limit; month = before(month)) months.unshift(month);
  return months;
}

function before(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`;
}
