import { join } from 'node:path';
import type { Bytes } from '@salus/base';
import { readIfThere } from './readIfThere.ts';

export const genesisFile = (directory: string): string => join(directory, 'genesis.cbor');

/** The genesis of a node's folder, or undefined where none was founded. */
export async function readGenesis(directory: string): Promise<Bytes | undefined> {
  return readIfThere(genesisFile(directory));
}
