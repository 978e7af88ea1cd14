import { cloudsError } from './errors.ts';
import type { ObjectName } from './objectStore.ts';

// Short enough for a file name with the marks a driver adds (255 bytes on common file systems).
const NAME_LIMIT = 200;
const GRAMMAR = /^[0-9a-z.-]+(\/[0-9a-z.-]+)*$/;

/**
 * Checks a name before any driver sees it: 1 to 200 of `0-9 a-z / . -`, in parts between slashes none of which is empty,
 * "." or "..". No upper case, so that file systems that fold case keep names apart. Throws `object-name`.
 */
export function checkObjectName(name: ObjectName): void {
  const parts = name.split('/');
  if (name.length > NAME_LIMIT || !GRAMMAR.test(name) || parts.some((part) => part === '.' || part === '..'))
    throw cloudsError('object-name');
}
