import { join } from 'node:path';
import type { TimeMs } from '@salus/base';
import { storeOf, withStore } from '../stores.ts';
import { readSets } from './forgetting.ts';
import { readBackupKeys } from './keys.ts';
import { BackupPlace } from './place.ts';
import type { SetId } from './set.ts';

/** A backup as a place shows it. */
export interface ListedBackup {
  set: SetId;
  madeAt: TimeMs;
  height: number;
}

/** Backups of this node in a place, oldest first. Throws `backup-foreign`, `backup-key-missing`, and what the store fails with. */
export async function listBackups(home: string, target: unknown): Promise<ListedBackup[]> {
  const keys = await readBackupKeys(join(home, 'node'));
  return withStore(storeOf(target), { home, readOnly: true }, async (store) => {
    const sets = await readSets(await BackupPlace.open(store, keys));
    return Array.from(sets, ([set, { madeAt, height }]) => ({ set, madeAt, height }));
  });
}
