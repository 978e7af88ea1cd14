import { join } from 'node:path';
import { type ObjectStore, openFolderStore, openLater } from '@salus/clouds';
import type { NodeConfig } from './config.ts';

/** What every store is wrapped in, by its name. */
export type AroundStore = (store: ObjectStore, name: string) => ObjectStore;

/** The stores of a configuration, innermost first: the driver, its opening, and what the caller wraps around. */
export const openStores = (home: string, { stores }: NodeConfig, around: AroundStore = (store) => store) =>
  stores.map(({ name, folder }) => ({
    name,
    store: around(
      openLater(() => openFolderStore({ directory: join(home, folder) })),
      name,
    ),
  }));
