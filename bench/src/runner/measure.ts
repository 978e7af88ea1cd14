/** Fraction of runs thrown away at first: code compiles and caches fill while they last. */
const WARM_UP = 0.1;

/** Milliseconds of each run, in the order run, after a warm-up of a tenth as many. Runs follow each other, never beside each other. */
export async function timesMs(runs: number, work: (run: number) => unknown): Promise<number[]> {
  for (let run = 0; run < Math.ceil(runs * WARM_UP); run += 1) await work(run);
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await work(run);
    times.push(performance.now() - start);
  }
  return times;
}

/** The value that `share` of them do not exceed: 0.5 gives the median. Throws on an empty list. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('no values to take a quantile of');
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

/** Median. Throws on an empty list. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);
