import { join } from 'node:path';
import { newId, type Random, type TimeMs } from '@salus/base';
import { systemRandom } from '@salus/schemes/keyless';
import { nodeError } from './errors.ts';
import { readGenesis } from './genesis.ts';
import { takeLock } from './lock.ts';
import { markRestored } from './restored.ts';

/**
 * Marks a home that was put back by other means, such as a copied folder or a machine's snapshot, as a restore marks one. The
 * node must not run. Throws `genesis-mismatch` where there is no node, `node-running`.
 */
export async function markPutBack(
  home: string,
  { random = systemRandom, now = Date.now }: { random?: Random; now?: () => TimeMs } = {},
): Promise<void> {
  const directory = join(home, 'node');
  if (!(await readGenesis(directory))) throw nodeError('genesis-mismatch');
  const release = await takeLock(directory);
  try {
    await markRestored(directory, { id: newId(random), restoredAt: now() });
  } finally {
    await release();
  }
}
