import { join } from 'node:path';
import { type ObjectStore, openFolderStore, openLater } from '@salus/clouds';
import type { NodeConfig } from './config.ts';

/** What every store is wrapped in, by its name. */
export type AroundStore = (store: ObjectStore, name: string) => ObjectStore;

/** The stores of a configuration, innermost first: the driver, its opening, and what the caller wraps around. */
export const openStores = (home: string, { stores }: NodeConfig, around?: AroundStore) =>
  stores.map((entry) => ({ name: entry.name, store: openOne(home, entry, around) }));

/** One of them. Opened behind the answer: a store that is away keeps nobody from the others. */
export const openOne = (
  home: string,
  { name, folder }: NodeConfig['stores'][number],
  around: AroundStore = (store) => store,
): ObjectStore =>
  around(
    openLater(() => openFolderStore({ directory: join(home, folder) })),
    name,
  );
