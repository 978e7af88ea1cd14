import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * How much more than after its last run the collector lets memory grow, in percent. Files pass through arrays outside its heap, which
 * it counts with it: with the usual growth of a small heap it would run once for every few mebibytes of a file, over everything a
 * program has loaded, and take more time than sealing and writing them.
 */
const GROWTH_PERCENT = 150;
/**
 * The space for new objects, both halves. It would grow to 32 MiB while a program loads, and never shrink; at half of this, where it
 * begins, making slots takes a third more time, all of it the collector's.
 */
const YOUNG_BYTES = 4 * 1024 * 1024;

let watching: PerformanceObserver | undefined;

/**
 * For processes that move files; call it before anything large is loaded. Memory stays bounded: arrays are collected at 64 MiB
 * whatever the growth.
 */
export function letFilesPass(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  // The size of this space cannot be set once a program runs, but whether it grows on can.
  watching = new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (young && young.space_size < YOUNG_BYTES) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    watching?.disconnect();
  });
  watching.observe({ entryTypes: ['gc'] });
}

/**
 * From now on this process moves no file and makes many small things, such as the slots of a consent: the space for new objects grows
 * as it usually would, and is collected seldomer.
 */
export function letManyBeMade(): void {
  watching?.disconnect();
  setFlagsFromString('--semi-space-growth-factor=2');
}
