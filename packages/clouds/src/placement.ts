/** 32 random bytes that name a stripe, as 64 hexadecimal digits. */
export type StripeId = string;
/** SHA-256 of a ciphertext chunk, as 64 hexadecimal digits. */
export type ChunkHash = string;
/** The name under which a store was given to `openClouds`. */
export type StoreName = string;

/**
 * What is known of a shard. `stored`: written, and not seen otherwise since. `owed`: never arrived. `missing`: the store
 * no longer has it. `damaged`: the store gives other bytes. All but the first wait for repair.
 */
export type ShardState = 'stored' | 'owed' | 'missing' | 'damaged';

/** One shard object: where it is, or should be. */
export interface ShardPlace {
  stripe: StripeId;
  /** 0 to n − 1; the first k carry data. */
  index: number;
  store: StoreName;
  /** The object's name; null where a rebuilt index has not seen the shard yet. */
  name: string | null;
  sizeBytes: number;
  state: ShardState;
}

/** A part of a chunk inside a stripe. A chunk longer than what is left of a stripe goes on in the next. */
export interface ChunkExtent {
  chunk: ChunkHash;
  /** Length of the whole chunk. */
  chunkBytes: number;
  /** Where in the chunk the part begins. */
  chunkOffset: number;
  stripe: StripeId;
  /** Where in the opened stripe the part begins. */
  stripeOffset: number;
  lengthBytes: number;
}

/** Everything about one stripe. */
export interface StripePlacement {
  stripe: StripeId;
  k: number;
  n: number;
  /** Length of the sealed stripe before coding. */
  sealedBytes: number;
  /** n of them, in order of index. */
  shards: ShardPlace[];
  /** In order of their place in the stripe. */
  extents: ChunkExtent[];
}

/** Sums for the status page. */
export interface PlacementTotals {
  stripes: number;
  /** Stripes with a shard that is not `stored`. */
  degraded: number;
  /** Shards in state `stored`, per store. */
  stores: { store: StoreName; shards: number; sizeBytes: number }[];
}

/** Most stripes given to one `record`, and most ids or chunks asked at once. */
export const PLACEMENT_BATCH_LIMIT = 500;

/**
 * Where everything is. The node keeps it in its database; it can always be made again from the shards' headers
 * (`rebuildPlacement`). Every method is one transaction, durable when it resolves. Lists asked for are at most
 * `PLACEMENT_BATCH_LIMIT` long.
 */
export interface PlacementIndex {
  /** Writes stripes with their shards and extents; a stripe already there is replaced as a whole. */
  record(stripes: readonly StripePlacement[]): Promise<void>;
  /** All extents of these chunks, in any order; a chunk placed twice has both, an unknown one none. */
  extents(chunks: readonly ChunkHash[]): Promise<ChunkExtent[]>;
  /** These stripes, in any order, without those unknown. */
  stripes(ids: readonly StripeId[]): Promise<StripePlacement[]>;
  /** Ids in ascending order, behind `after`. */
  list(page: { after?: StripeId; limit: number }): Promise<StripeId[]>;
  /** Ids of stripes with a shard that is not `stored`, in ascending order, behind `after`. */
  degraded(page: { after?: StripeId; limit: number }): Promise<StripeId[]>;
  /** Ids of stripes with a shard on this store, in whatever state, in ascending order. */
  onStore(page: { store: StoreName; limit: number }): Promise<StripeId[]>;
  /** How many shards this store has, or should have. */
  countOnStore(store: StoreName): Promise<number>;
  /** Every shard of a store that is gone is `missing` from now on. */
  loseStore(store: StoreName): Promise<void>;
  /** Notes what was found of shards, where they are still placed as told: one that was moved meanwhile is another. */
  noteStates(shards: readonly ShardPlace[]): Promise<void>;
  /** Replaces shards by stripe and index; those of unknown stripes are ignored. */
  updateShards(shards: readonly ShardPlace[]): Promise<void>;
  totals(): Promise<PlacementTotals>;
}
