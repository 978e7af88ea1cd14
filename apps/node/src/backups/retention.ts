import type { TimeMs } from '@salus/base';
import type { SetId } from './set.ts';

/** Which backups stay: so many of the newest, and the newest of so many days, weeks and months that have one. */
export interface Keep {
  last: number;
  daily: number;
  weekly: number;
  monthly: number;
}

interface Dated {
  id: SetId;
  madeAt: TimeMs;
}

const DAY_MS = 86_400_000;
/** The first of January 1970 was a Thursday; weeks begin on Mondays. */
const DAYS_BEFORE_MONDAY = 3;

const dayOf = (time: TimeMs): number => Math.floor(time / DAY_MS);
const weekOf = (time: TimeMs): number => Math.floor((dayOf(time) + DAYS_BEFORE_MONDAY) / 7);
const monthOf = (time: TimeMs): number => new Date(time).getUTCFullYear() * 12 + new Date(time).getUTCMonth();

/** Ids of the sets that stay, by UTC. The newest always does. */
export function kept(sets: readonly Dated[], keep: Keep): Set<SetId> {
  const newestFirst = [...sets].sort((a, b) => b.madeAt - a.madeAt || (a.id < b.id ? 1 : -1));
  const staying = new Set(newestFirst.slice(0, Math.max(1, keep.last)).map(({ id }) => id));
  const rules = [
    { count: keep.daily, periodOf: dayOf },
    { count: keep.weekly, periodOf: weekOf },
    { count: keep.monthly, periodOf: monthOf },
  ];
  for (const { count, periodOf } of rules) {
    const periods = new Set<number>();
    for (const { id, madeAt } of newestFirst) {
      if (periods.size >= count) break;
      const period = periodOf(madeAt);
      if (!periods.has(period)) staying.add(id);
      periods.add(period);
    }
  }
  return staying;
}
