import type { TimeMs } from '@salus/base';

const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 3_600_000;

/** Milliseconds of `15m`, `6h`, `1d`. */
export const everyMsOf = (every: string): number => Number(every.slice(0, -1)) * UNIT_MS[every.slice(-1)]!;

/** What a schedule goes by. */
export interface Ran {
  /** When the newest backup was made; undefined before the first. */
  madeAt: TimeMs | undefined;
  /** Failures one behind the other since, and when the last one was. */
  failures: number;
  failedAt: TimeMs;
}

/**
 * In how many milliseconds a backup is due; 0 for now. It is due once in each period, and periods are multiples of `everyMs`
 * since 1970, not since the last run: a run that took long, a restart or a night switched off moves none of the later ones.
 * After a failure it is tried again in a minute, then two, then four, an hour at most.
 */
export function dueInMs({ madeAt, failures, failedAt }: Ran, everyMs: number, now: TimeMs): number {
  const period = Math.floor(now / everyMs);
  const due = madeAt === undefined || Math.floor(madeAt / everyMs) < period ? now : (period + 1) * everyMs;
  if (failures === 0) return due - now;
  const retry = failedAt + Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
  return Math.max(0, due - now, retry - now);
}
