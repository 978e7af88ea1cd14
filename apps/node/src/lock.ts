import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeError } from './errors.ts';

// A process id says nothing about a second node in the same process.
const heldHere = new Set<string>();

/**
 * One node to a folder. The lock is a file with the process id; a lock whose process is gone is taken over.
 * Returns how to release it. Throws `node-running`.
 */
export async function takeLock(directory: string): Promise<() => Promise<void>> {
  const file = join(directory, 'lock');
  if (heldHere.has(file)) throw nodeError('node-running', { pid: process.pid });
  for (let tries = 0; tries < 2; tries++) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      heldHere.add(file);
      return async () => {
        heldHere.delete(file);
        await rm(file, { force: true });
      };
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
      const pid = Number(await readFile(file, 'utf8').catch(() => ''));
      if (pid && pid !== process.pid && isAlive(pid)) throw nodeError('node-running', { pid });
      await rm(file, { force: true });
    }
  }
  throw nodeError('node-running', { pid: 'unknown' });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
