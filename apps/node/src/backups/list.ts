import { join } from 'node:path';
import type { TimeMs } from '@salus/base';
import { readSets } from './forgetting.ts';
import { readBackupKeys } from './keys.ts';
import { lookAt, type Place, resolvePlace } from './named.ts';
import { BackupPlace } from './place.ts';
import type { SetId } from './set.ts';

/** A backup as a place shows it. */
export interface ListedBackup {
  set: SetId;
  madeAt: TimeMs;
  height: number;
  /** Stripes of records in it; null where it has none. */
  stripes: number | null;
}

/** Backups of this node in a place, oldest first. Throws `backup-foreign`, `backup-key-missing`, and what the store fails with. */
export async function listBackups(home: string, place: Place): Promise<ListedBackup[]> {
  const keys = await readBackupKeys(join(home, 'node'));
  return lookAt(await resolvePlace(home, place), async (store) => {
    const sets = await readSets(await BackupPlace.open(store, keys));
    return Array.from(sets, ([set, { madeAt, height, content }]) => ({
      set,
      madeAt,
      height,
      stripes: content?.stripes ?? null,
    }));
  });
}
