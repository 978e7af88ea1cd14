import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { DescribedPlace } from '@salus/node';
import { cliError } from './errors.ts';

/** A folder, or a JSON file that describes a store as node.json does; paths in it begin where the file lies. Throws `file-unreadable`. */
export async function placeOf(given: string): Promise<DescribedPlace> {
  if (given.endsWith('.json'))
    return { target: { name: 'backup', ...(await entryIn(given)) }, base: dirname(resolve(given)) };
  return { target: { name: 'backup', folder: resolve(given) }, base: resolve('.') };
}

/** The object in a JSON file. Throws `file-unreadable`. */
export async function entryIn(file: string): Promise<Record<string, unknown>> {
  try {
    const entry: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) return { ...entry };
  } catch (thrown) {
    throw cliError('file-unreadable', { file, why: thrown instanceof Error ? thrown.message : 'unknown' });
  }
  throw cliError('file-unreadable', { file, why: 'it holds no object' });
}
