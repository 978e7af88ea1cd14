import type { TimeMs } from '@salus/base';

interface Window {
  current: number;
  endsAt: TimeMs;
}

type Counted = (error: Error | null, count: { current: number; ttl: number }) => void;

/** Addresses counted at once; the one counted longest ago makes room. */
const ADDRESSES_LIMIT = 10_000;

/**
 * Calls of each address in windows of time, for the rate limiter, whose own count reads the machine's clock: set back by a
 * day, that would refuse an address for a day. Give it a clock that is never set.
 */
export class CallCounts {
  readonly #windows = new Map<string, Window>();

  constructor(readonly now: () => TimeMs) {}

  incr(address: string, counted: Counted, windowMs: number): void {
    const now = this.now();
    const held = this.#windows.get(address);
    const window = held && now < held.endsAt ? held : { current: 0, endsAt: now + windowMs };
    window.current++;
    this.#windows.delete(address);
    this.#windows.set(address, window);
    if (this.#windows.size > ADDRESSES_LIMIT) this.#windows.delete(this.#windows.keys().next().value!);
    counted(null, { current: window.current, ttl: window.endsAt - now });
  }

  /** Each route with a limit of its own counts for itself. */
  child(): CallCounts {
    return new CallCounts(this.now);
  }
}
