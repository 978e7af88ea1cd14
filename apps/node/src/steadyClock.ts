import type { TimeMs } from '@salus/base';

/** While it is ahead of the machine's clock, time passes at half its speed. */
const SPEED_AHEAD = 0.5;

/**
 * A node's time: the machine's, except that it never goes back. Where the machine's clock is set back it goes on, at half
 * the speed until that clock has come as far: what is good for a minute stays good for a minute or two, not for as long as
 * the clock went back, and block time and the node's agree.
 */
export class SteadyClock {
  #last: TimeMs;
  #ahead = 0;

  constructor(readonly machine: () => TimeMs) {
    this.#last = machine();
  }

  readonly now = (): TimeMs => {
    const read = this.machine();
    const passed = read - this.#last;
    this.#last = read;
    this.#ahead = Math.max(0, passed < 0 ? this.#ahead - passed : this.#ahead - passed * SPEED_AHEAD);
    return Math.floor(read + this.#ahead);
  };

  /** It is at least so late: the newest block says so, whatever the clock was set to while the node was down. */
  isNotBefore(time: TimeMs): void {
    this.#ahead += Math.max(0, time - this.now());
  }
}
