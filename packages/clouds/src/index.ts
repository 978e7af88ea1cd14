export type { Clock } from './clock.ts';
export type {
  Chunk,
  Clouds,
  CloudsEvent,
  CloudsOptions,
  CloudsStatus,
  DrainReport,
  PutReport,
  RebuildReport,
  RepairOptions,
  RepairReport,
  StoreStatus,
  TellMoved,
} from './clouds.ts';
export type { StoreCall } from './drivers/measured.ts';
export {
  type OpenedStore,
  type OpenStoreOptions,
  openStore,
} from './drivers/openStore.ts';
export { type StoreConfig, storeConfig } from './drivers/storeConfig.ts';
export { cloudsError } from './errors.ts';
export type { FolderFiles } from './folderFiles.ts';
export { type FolderStore, type FolderStoreOptions, openFolderStore } from './folderStore.ts';
export { FolderSync } from './folderSync.ts';
export { GET_LIMIT } from './getChunks.ts';
export { checkObjectName } from './objectName.ts';
export {
  type Cancellable,
  type Closable,
  LIST_LIMIT,
  type ListPage,
  type ObjectName,
  type ObjectStore,
  type Promising,
  type ReadRange,
  type StorePromises,
  type StoreUsage,
  type UsageReporting,
} from './objectStore.ts';
export { openClouds } from './openClouds.ts';
export { openLater } from './openLater.ts';
export { gather, piecesOf } from './pieces.ts';
export {
  type ChunkExtent,
  type ChunkHash,
  PLACEMENT_BATCH_LIMIT,
  type PlacementIndex,
  type PlacementTotals,
  type ShardPlace,
  type ShardState,
  type StoreName,
  type StripeId,
  type StripePlacement,
} from './placement.ts';
export { NO_PREFERENCE, type StorePreference, storePreference } from './preference.ts';
export { CHUNK_LIMIT_BYTES, PUT_LIMIT } from './putChunks.ts';
export { shardName } from './shardObject.ts';
