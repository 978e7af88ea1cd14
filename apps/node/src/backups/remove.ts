import { join } from 'node:path';
import { nodeError } from '../errors.ts';
import { withStore } from '../stores.ts';
import { type Forgotten, forget, readSets } from './forgetting.ts';
import { readBackupKeys } from './keys.ts';
import { type Place, resolvePlace } from './named.ts';
import { lockBackup, noteRemoved } from './notes.ts';
import { BackupPlace } from './place.ts';
import type { SetId } from './set.ts';

/** Removes a backup, and what no other one needs. Throws `backup-unknown`, `backup-running`, and as `listBackups`. */
export async function removeBackup(home: string, at: Place, set: SetId): Promise<Forgotten> {
  const directory = join(home, 'node');
  const keys = await readBackupKeys(directory);
  const { name, store: config, base } = await resolvePlace(home, at);
  const release = await lockBackup(directory, name);
  try {
    return await withStore(config, { home: base }, async (store) => {
      const place = await BackupPlace.open(store, keys);
      const sets = await readSets(place);
      if (!sets.has(set)) throw nodeError('backup-unknown', { set });
      await noteRemoved(directory, name, set);
      return forget(place, sets, [set]);
    });
  } finally {
    await release();
  }
}
