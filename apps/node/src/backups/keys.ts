import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, decodeCanonical, encodeCanonical, field } from '@salus/base';
import { BOX_KEY_BYTES, boxKeyOf, deriveKey } from '@salus/schemes/keyless';
import { z } from 'zod';
import { nodeError } from '../errors.ts';
import { readIfThere } from '../readIfThere.ts';
import { writeDurably } from '../writeDurably.ts';

/**
 * What a node keeps of the recovery key: enough to write backups and to tell whether a place still has them, nothing that
 * opens one. Whoever has the recovery key derives all of it again.
 */
export interface BackupKeys {
  /** X-Wing public key: whatever a backup holds is sealed to it. */
  recovery: Bytes;
  /** Names chunks, so that a place learns nothing from a name. */
  names: Bytes;
  /** Lets the node check a chunk that it cannot open. */
  checks: Bytes;
  /** Seals lists and sets, which hold names, sizes and times: the node must read them to send only what is new. */
  lists: Bytes;
}

const keptSchema = z.strictObject({
  v: z.literal(1),
  recovery: field.bytes(BOX_KEY_BYTES),
  secret: field.bytes(32),
});

const FILE_LIMIT_BYTES = 4_096;
const fileIn = (directory: string) => join(directory, 'keys', 'backup.cbor');

const keptOf = (recoveryKey: Bytes): z.output<typeof keptSchema> => ({
  v: 1,
  recovery: boxKeyOf(recoveryKey).publicKey,
  secret: deriveKey(recoveryKey, 'SALUS1/backup/node'),
});

const keysOf = ({ recovery, secret }: z.output<typeof keptSchema>): BackupKeys => ({
  recovery,
  names: deriveKey(secret, 'SALUS1/backup/names'),
  checks: deriveKey(secret, 'SALUS1/backup/checks'),
  lists: deriveKey(secret, 'SALUS1/backup/lists'),
});

/** The keys that belong to a recovery key, a 32-byte X-Wing seed. */
export const backupKeysOf = (recoveryKey: Bytes): BackupKeys => keysOf(keptOf(recoveryKey));

/** Keeps, in a node's folder, what it needs of the recovery key; readable by the owner alone. */
export async function writeBackupKeys(directory: string, recoveryKey: Bytes): Promise<void> {
  await mkdir(join(directory, 'keys'), { recursive: true, mode: 0o700 });
  await writeDurably(fileIn(directory), encodeCanonical(keptOf(recoveryKey)), 0o600);
}

/** Throws `backup-key-missing`, or `encoding-…` where the file was damaged. */
export async function readBackupKeys(directory: string): Promise<BackupKeys> {
  const bytes = await readIfThere(fileIn(directory));
  if (!bytes) throw nodeError('backup-key-missing');
  return keysOf(decodeCanonical('backup keys', bytes, keptSchema, FILE_LIMIT_BYTES));
}
