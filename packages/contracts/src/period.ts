import type { TimeMs } from '@salus/base';
import { need } from './need.ts';

/** Rejects with `period-refused` unless after < until ≤ latest. */
export const needPeriod = (until: TimeMs, after: TimeMs, latest: TimeMs): void =>
  need(after < until && until <= latest, 'period-refused', { until, after, latest });
