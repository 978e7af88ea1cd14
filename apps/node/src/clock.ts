import type { Clock } from '@salus/clouds';

/** The machine's time. Timers do not keep the process alive. */
export const machineClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
