import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlockLog, syncDirectory } from './blockLog.ts';

/** Name of the block log in a ledger's directory. */
export const BLOCK_LOG_NAME = 'blocks.log';
/** Name of the derived store in a ledger's directory. It can be deleted while the ledger is closed. */
export const STORE_NAME = 'state';

const STEP_BYTES = 4 * 1024 * 1024;

/**
 * Copies the block log as far as it is whole now. It is all that a ledger needs: the store is made again from it. The
 * directory must not hold a ledger yet.
 */
export async function backUp(log: BlockLog, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const size = log.sizeBytes;
  const copy = await open(join(directory, BLOCK_LOG_NAME), 'wx', 0o600);
  try {
    for (let offset = 0; offset < size; offset += STEP_BYTES)
      await copy.write(log.read({ offset, length: Math.min(STEP_BYTES, size - offset) }), 0);
    await copy.sync();
  } finally {
    await copy.close();
  }
  syncDirectory(directory);
}
