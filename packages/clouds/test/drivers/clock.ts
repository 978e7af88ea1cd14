import type { Clock } from '../../src/index.ts';

/** The machine's time, in which waits of drivers pass forty times as fast unless told; it remembers how long they were to be. */
export class HurriedClock implements Clock {
  readonly waitsMs: number[] = [];

  constructor(public hurry = 40) {}

  now(): number {
    return Date.now();
  }

  after(delayMs: number, run: () => void): () => void {
    this.waitsMs.push(delayMs);
    const timer = setTimeout(run, delayMs / this.hurry);
    return () => clearTimeout(timer);
  }
}
