import { join } from 'node:path';
import type { ObjectStore } from '@salus/clouds';
import { readConfig } from '../config.ts';
import { nodeError } from '../errors.ts';
import { storeOf, withStore } from '../stores.ts';
import type { BackupConfig } from './config.ts';
import { BY_HAND } from './notes.ts';

/** A place by its store's description, as it would stand in node.json, and where paths in it begin. */
export interface DescribedPlace {
  target: unknown;
  base: string;
}

/** Where backups lie: one of node.json by its name, or a place that is described. */
export type Place = { name?: string | undefined } | DescribedPlace;

/** What belongs to a place: its store's description, where paths in it begin, and what node.json says of it. */
export interface ResolvedPlace extends Pick<BackupConfig, 'name' | 'store'> {
  base: string;
  keep?: BackupConfig['keep'];
  content?: boolean;
}

/** Finds it. The only one of node.json needs no name. Throws `backup-unnamed`, `store-config`, and as `readConfig`. */
export async function resolvePlace(home: string, place: Place): Promise<ResolvedPlace> {
  if ('target' in place) return { name: BY_HAND, store: storeOf(place.target), base: place.base };
  const { backups } = await readConfig(join(home, 'node'));
  const named =
    place.name === undefined && backups.length === 1 ? backups : backups.filter(({ name }) => name === place.name);
  if (named.length === 0)
    throw nodeError('backup-unnamed', { names: backups.map(({ name }) => name).join(', ') || 'none' });
  const { name, keep, content, store } = named[0]!;
  return { name, keep, content, store, base: home };
}

/** Looks at a place: nothing of it is changed. */
export const lookAt = <Result>(
  { store, base }: ResolvedPlace,
  run: (store: ObjectStore) => Promise<Result>,
): Promise<Result> => withStore(store, { home: base, readOnly: true }, run);
