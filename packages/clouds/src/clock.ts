import type { TimeMs } from '@salus/base';

/** Time as an argument: the application passes the machine's, tests a simulated one. */
export interface Clock {
  now(): TimeMs;
  /** Runs something once, after so many milliseconds. Returns what cancels it. */
  after(delayMs: number, run: () => void): () => void;
}
