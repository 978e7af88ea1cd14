import { setFlagsFromString } from 'node:v8';

/**
 * How much more than after its last run the collector lets memory grow, in percent. Files pass through arrays outside its heap, which
 * it counts with it: with the usual growth of a small heap it would run once for every few mebibytes of a file, over everything a
 * program has loaded, and take more time than sealing and writing them.
 */
const GROWTH_PERCENT = 150;

/**
 * For processes that move files; call it before anything large is loaded. Memory stays bounded: arrays are collected at 64 MiB
 * whatever the growth. The space for new objects stays small: it would grow while a program loads, to 32 MiB, and never shrink.
 */
export function letFilesPass(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString('--semi-space-growth-factor=1');
}
