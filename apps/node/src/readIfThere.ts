import { readFile } from 'node:fs/promises';
import type { Bytes } from '@salus/base';

/** The bytes of a file, or undefined where there is none. */
export async function readIfThere(file: string): Promise<Bytes | undefined> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}
