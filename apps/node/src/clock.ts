import type { Clock } from '@salus/clouds';

/**
 * Time as it passes, which nobody sets: what a store or a caller waits for is no longer and no shorter where the machine's
 * clock jumps. Timers do not keep the process alive.
 */
export const machineClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
