import type { ObjectName } from './objectStore.ts';

// Objects lie in folders by their first two characters, so that no folder grows too long to list. A slash becomes an
// underscore, which no name holds, and each file and folder name ends in one: none is ever "." or "..", ends in a dot, or
// is a name that some system reserves.
const MARK = '_';
const FAN_OUT = 2;

/** Name of the folder an object lies in. */
export const folderOf = (name: ObjectName): string => fileOf(name.slice(0, FAN_OUT));

/** Name of the file that holds an object. */
export const fileOf = (name: ObjectName): string => name.replaceAll('/', MARK) + MARK;

/** The object name, or beginning of one, that a file or folder stands for; undefined for anything not ours. */
export const nameOf = (file: string): ObjectName | undefined =>
  file.length > 1 && file.endsWith(MARK) ? file.slice(0, -1).replaceAll(MARK, '/') : undefined;

/** Whether a folder of names that begin with `start` can hold one of the page's. */
export function folderMatters(start: string, prefix: string, after: ObjectName): boolean {
  const shared = Math.min(start.length, prefix.length);
  return start.slice(0, shared) === prefix.slice(0, shared) && start >= after.slice(0, FAN_OUT);
}
