// Working on so many bytes takes a tenth of a millisecond.
const LONG_BYTES = 128 * 1024;

/**
 * After work on so many bytes, lets finished reads and writes be taken up first. Sealing, coding and hashing a stripe takes many
 * milliseconds, a write is a row of short steps that each wait for it to end: without a pause between its parts the stores wait
 * most of the time.
 */
export async function breathe(workedBytes: number): Promise<void> {
  if (workedBytes >= LONG_BYTES) await new Promise((resolve) => setImmediate(resolve));
}
