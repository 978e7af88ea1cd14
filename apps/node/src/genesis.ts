import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from '@salus/base';

export const genesisFile = (directory: string): string => join(directory, 'genesis.cbor');

/** X-Wing public key that backups are sealed to; its seed is with the organisation, on no machine. */
export const recoveryFile = (directory: string): string => join(directory, 'recovery.pub');

/** The genesis of a node's folder, or undefined where none was founded. */
export async function readGenesis(directory: string): Promise<Bytes | undefined> {
  try {
    return new Uint8Array(await readFile(genesisFile(directory)));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}
