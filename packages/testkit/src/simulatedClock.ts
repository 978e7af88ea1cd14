/** Time that stands still until a test moves it. */
export class SimulatedClock {
  #now: number;
  #count = 0;
  readonly #timers = new Map<number, { at: number; run: () => void }>();

  constructor(startMs = 1_700_000_000_000) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): () => void {
    const id = this.#count++;
    this.#timers.set(id, { at: this.#now + delayMs, run });
    return () => this.#timers.delete(id);
  }

  /** Moves time on, running what is due in its order, each at its own time. */
  async advance(byMs: number): Promise<void> {
    const end = this.#now + byMs;
    for (await settleWork(); ; await settleWork()) {
      const due = this.#first();
      if (!due || due.at > end) break;
      this.#run(due);
    }
    this.#now = end;
  }

  /** Moves time only as far as a piece of work needs to end, and gives its outcome. */
  async until<Result>(work: Promise<Result>): Promise<Result> {
    let ended = false;
    const outcome = work.finally(() => {
      ended = true;
    });
    outcome.catch(() => undefined);
    for (await settleWork(); !ended; await settleWork()) {
      const due = this.#first();
      if (due) this.#run(due);
    }
    return outcome;
  }

  #first() {
    let first: { id: number; at: number; run: () => void } | undefined;
    for (const [id, timer] of this.#timers) if (!first || timer.at < first.at) first = { id, ...timer };
    return first;
  }

  #run(due: { id: number; at: number; run: () => void }): void {
    this.#timers.delete(due.id);
    this.#now = Math.max(this.#now, due.at);
    due.run();
  }
}

/** Lets everything that waits for no timer go on: promises, and a few turns of the event loop. */
async function settleWork(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
