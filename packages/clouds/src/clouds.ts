import type { Bytes, Random, TimeMs } from '@salus/base';
import type { Clock } from './clock.ts';
import type { ObjectName, ObjectStore } from './objectStore.ts';
import type { PlacementIndex, ShardState, StoreName, StripeId } from './placement.ts';
import type { StorePreference } from './preference.ts';

/** A ciphertext chunk under its SHA-256. */
export interface Chunk {
  hash: Bytes;
  bytes: Bytes;
}

/** A chunk as it comes back: its bytes in parts one behind the other, since it may lie across pieces. */
export interface FetchedChunk {
  hash: Bytes;
  parts: Bytes[];
}

/** What `openClouds` needs. */
export interface CloudsOptions {
  /** At least n, each name once. */
  stores: readonly { name: StoreName; store: ObjectStore; preference?: StorePreference | undefined }[];
  /** Shards that suffice, 1 ≤ k < n. */
  k: number;
  /** Shards written, at most 32. */
  n: number;
  /** The organisation's storage root, 32 bytes: without it nothing from the clouds opens. */
  storageRoot: Bytes;
  placement: PlacementIndex;
  random: Random;
  clock: Clock;
  /** Shards that must be durable before a put is acknowledged while all stores answer; n − 1 unless told, at least k. */
  durableShards?: number;
  /** Most shards of a stripe in one region of `StorePreference`; any number unless told. */
  mostPerRegion?: number;
  /** A store that has not finished one write after so long counts as failed. */
  writeTimeoutMs?: number;
  /** A store that has not finished one read after so long counts as failed. */
  readTimeoutMs?: number;
  onEvent?: (event: CloudsEvent) => void;
}

/** What happened, for logs and metrics. Holds no secret and no chunk hash. */
export type CloudsEvent =
  | { kind: 'shard-failed'; store: StoreName; stripe: StripeId; index: number; code: string }
  | { kind: 'shard-faulty'; store: StoreName; stripe: StripeId; index: number; state: ShardState }
  | { kind: 'shard-moved'; from: StoreName; to: StoreName; stripe: StripeId; index: number }
  | { kind: 'shard-repaired'; store: StoreName; stripe: StripeId; index: number }
  | { kind: 'stripe-degraded'; stripe: StripeId; shards: number }
  | { kind: 'store-set-aside'; store: StoreName; untilMs: TimeMs; code: string }
  | { kind: 'store-back'; store: StoreName }
  /** A finding could not be written down; the next scan finds it again. */
  | { kind: 'placement-failed'; code: string };

/** What a put did. */
export interface PutReport {
  /** Chunks written now. */
  placed: number;
  /** Chunks that were there. */
  known: number;
  stripes: number;
  /** Fewer shards than `durableShards` are durable, though at least k; repair owes the rest. */
  degraded: boolean;
}

/** Is told the stripes of which a shard lies elsewhere by now, before it is removed from where it was. */
export type TellMoved = (stripes: readonly StripeId[]) => Promise<void>;

/** What a step of emptying a store did. */
export interface DrainReport {
  moved: number;
  /** Not moved now: unreadable, which repair sees to, or no store takes them. */
  failed: number;
  /** Shards that the store still has. */
  left: number;
}

export interface RepairOptions {
  /** Most stripes looked at; 100 unless told. */
  limit?: number;
  /** Reads every shard of every stripe and checks it, instead of only those known to be faulty. */
  scan?: boolean;
  /** Go on behind this stripe: `next` of the report before. */
  after?: StripeId;
}

/** What repair found and did. */
export interface RepairReport {
  stripes: number;
  /** Shards looked at. */
  checked: number;
  /** Shards that are not what they should be. */
  found: { stripe: StripeId; index: number; store: StoreName; state: ShardState }[];
  rebuilt: { stripe: StripeId; index: number; from: StoreName; to: StoreName; was: ShardState }[];
  /** Shards that still wait, because no store takes them now. */
  owed: number;
  /** Stripes of which fewer than k shards could be read. */
  unreadable: StripeId[];
  /** Where the next call goes on; absent at the end. */
  next?: StripeId;
}

export interface StoreStatus {
  name: StoreName;
  /** Not set aside, and, if asked to probe, it answered. */
  reachable: boolean;
  /** Given nothing more; what it has is being moved. */
  draining: boolean;
  placement: StorePreference;
  shards: number;
  sizeBytes: number;
  /** Moving average of an operation's time; null before the first. */
  latencyMs: number | null;
  /** Code of the last failure; null if none since the store was opened. */
  lastError: string | null;
}

export interface CloudsStatus {
  stores: StoreStatus[];
  stripes: number;
  degraded: number;
}

/** What `rebuildPlacement` found. */
export interface RebuildReport {
  objects: number;
  stripes: number;
  /** Objects that are no shards of this organisation, or are damaged in their header. */
  refused: number;
  /** Stripes with fewer than k shards, not recorded: uploads never acknowledged, or stores still away. */
  incomplete: number;
  /** Stores that could not be listed. */
  unreachable: StoreName[];
}

/** Chunks of ciphertext spread over stores that need not be trusted: any k of n give everything back. */
export interface Clouds {
  /**
   * Checks and places chunks. Resolves when they are durable and their placement is recorded; chunks already placed cost
   * a look-up. Throws `chunk-hash`, `chunk-size`, `chunk-count`, `clouds-unavailable` (fewer than k shards of a stripe
   * could be written; nothing is recorded).
   */
  putChunks(chunks: readonly Chunk[]): Promise<PutReport>;
  /**
   * Chunks in the order asked, from stripes that opened and say that these chunks lie there. Throws `chunk-unknown` before the first,
   * `clouds-unavailable` at the first chunk that fewer than k shards are left of, or `chunk-misplaced`.
   */
  getChunks(hashes: readonly Bytes[]): AsyncIterable<FetchedChunk>;
  /** Those of these hashes that are not placed, in the order asked, each once. */
  missing(hashes: readonly Bytes[]): Promise<Bytes[]>;
  repair(options?: RepairOptions): Promise<RepairReport>;
  /**
   * Part of an object as one store gives it, checked against nothing. Throws `store-unknown`, `object-unknown`,
   * `object-oversized` (more than was asked for), or the store's failure.
   */
  readPart(store: StoreName, name: ObjectName, part: { offset: number; lengthBytes: number }): Promise<Bytes>;
  /** Takes a store in while everything runs, once it has kept and given back a probe. Throws `store-known`, or its failure. */
  addStore(name: StoreName, store: ObjectStore, preference?: StorePreference): Promise<void>;
  /** From now on; what lies where stays. Throws `store-unknown`, `stores-too-few`. */
  setPreference(name: StoreName, preference: StorePreference): void;
  /** Begins, or ends, to empty a store. Throws `store-unknown`, `stores-too-few`. */
  setDraining(name: StoreName, draining: boolean): void;
  /** Moves up to `limit` stripes' shards off a draining store. Throws `store-unknown`, `store-not-draining`, and what `tell` throws. */
  drain(name: StoreName, limit: number, tell?: TellMoved): Promise<DrainReport>;
  /** Forgets a store that is empty, or `lost` for good. Throws `store-unknown`, `store-in-use`, `stores-too-few`. */
  removeStore(name: StoreName, lost?: boolean): Promise<void>;
  /** With `probe`, asks each store for one name first. */
  status(options?: { probe?: boolean }): Promise<CloudsStatus>;
  /** Records placement anew from the stores alone. Reads one header per object. */
  rebuildPlacement(): Promise<RebuildReport>;
  /** Waits for writes that go on behind acknowledged puts. Every later call throws `clouds-closed`. */
  close(): Promise<void>;
}
