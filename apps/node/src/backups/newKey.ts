import { join } from 'node:path';
import { type Bytes, equal, isSalusError, type Random } from '@salus/base';
import { systemRandom } from '@salus/schemes/keyless';
import { nodeError } from '../errors.ts';
import { readGenesis } from '../genesis.ts';
import { backupKeysOf, readBackupKeys, writeBackupKeys } from './keys.ts';
import { forgetNotes } from './notes.ts';

/**
 * Gives a node what it needs of a recovery key that its organisation has. Throws `backup-foreign` where the node seals to
 * another: then older backups open with that one alone, and a new key wants places of its own.
 */
export async function useRecoveryKey(home: string, recoveryKey: Bytes): Promise<void> {
  const directory = await founded(home);
  const held = await heldKeys(directory);
  if (held && !equal(held.recovery, backupKeysOf(recoveryKey).recovery))
    throw nodeError('backup-foreign', { set: 'What this node wrote so far' });
  await writeBackupKeys(directory, recoveryKey);
}

/** Makes a new recovery key; the node keeps what it needs of it. The caller keeps the key, on no machine of the node's. */
export async function newRecoveryKey(home: string, random: Random = systemRandom): Promise<Bytes> {
  const directory = await founded(home);
  const recoveryKey = random(32);
  await forgetNotes(directory);
  await writeBackupKeys(directory, recoveryKey);
  return recoveryKey;
}

async function founded(home: string): Promise<string> {
  const directory = join(home, 'node');
  if (!(await readGenesis(directory))) throw nodeError('genesis-mismatch');
  return directory;
}

async function heldKeys(directory: string) {
  try {
    return await readBackupKeys(directory);
  } catch (thrown) {
    if (isSalusError(thrown, 'backup-key-missing')) return undefined;
    throw thrown;
  }
}
