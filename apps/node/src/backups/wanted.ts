import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { StoreConfig } from '@salus/clouds';
import type { NodeConfig } from '../config.ts';

/**
 * Files and environment variables that a configuration names and that are not here: credentials and authorities of stores,
 * which no backup has. Paths as they stand there, variables with a dollar sign.
 */
export async function wantedBy({ stores, backups }: NodeConfig, home: string): Promise<string[]> {
  const named = [...stores, ...backups.map(({ store }) => store)].flatMap(namedBy);
  const wanted: string[] = [];
  for (const one of new Set(named)) {
    const here = one.startsWith('$') ? process.env[one.slice(1)] !== undefined : await isThere(resolve(home, one));
    if (!here) wanted.push(one);
  }
  return wanted.sort();
}

function namedBy(store: StoreConfig): string[] {
  if (store.kind === 'folder') return [];
  const { credentials } = store;
  const authority = 'caFile' in store && store.caFile ? [store.caFile] : [];
  return ['file' in credentials ? credentials.file : `$${credentials.env}`, ...authority];
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
