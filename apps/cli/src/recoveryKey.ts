import { open, readFile } from 'node:fs/promises';
import type { Bytes } from '@salus/base';
import { cliError } from './errors.ts';
import type { Io } from './io.ts';
import { askHidden } from './prompt.ts';

const DIGITS = /^[0-9a-f]{64}$/;

/** From a file, SALUS_RECOVERY_KEY or a prompt; never from arguments, which other users of the machine can see. */
export async function readRecoveryKey(io: Io, file: string | undefined): Promise<Bytes> {
  const given = file ? await textIn(file) : (io.env.SALUS_RECOVERY_KEY ?? (await askHidden('Recovery key: ')));
  if (!DIGITS.test(given.trim())) throw cliError('argument-wrong', { why: 'A recovery key is 64 hexadecimal digits.' });
  return Uint8Array.from(Buffer.from(given.trim(), 'hex'));
}

async function textIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw cliError('file-unreadable', { file, why: thrown instanceof Error ? thrown.message : 'unknown' });
  }
}

/** Writes it into a new file that its owner alone may read. Throws `file-unreadable` where there is one already. */
export async function saveRecoveryKey(file: string, recoveryKey: string): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(`${recoveryKey}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    throw cliError('file-unreadable', { file, why: thrown instanceof Error ? thrown.message : 'unknown' });
  }
}
