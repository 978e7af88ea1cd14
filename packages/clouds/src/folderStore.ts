import type { ObjectStore, UsageReporting } from './objectStore.ts';

/** What `openFolderStore` needs. */
export interface FolderStoreOptions {
  /** Owned by one process at a time; made if absent. */
  directory: string;
}

/** A folder of this machine standing in for a cloud. */
export interface FolderStore extends ObjectStore, UsageReporting {}
