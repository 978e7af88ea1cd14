/** Time of a hospital and of every device in it: it goes on by a millisecond with each look, and as far as a test moves it. */
export class Clock {
  #now: number;

  constructor(start = Date.UTC(2026, 2, 2, 8)) {
    this.#now = start;
  }

  readonly now = (): number => this.#now++;

  advance(byMs: number): void {
    this.#now += byMs;
  }
}

export const DAY_MS = 86_400_000;
