import type { Bytes } from '@salus/base';

/** Name of an object in a store: see `objectName.ts` for the grammar. Shard objects are named by 64 hexadecimal digits. */
export type ObjectName = string;

/** What to read of an object. Without offset and length, all of it. */
export interface ReadRange {
  /** First byte wanted; 0 unless told. At or behind the end: nothing comes back. */
  offset?: number;
  /** At most so many bytes; fewer come back where the object ends. */
  lengthBytes?: number;
  /** An array that a driver may read into and give views of, where all that is wanted fits: saves making one. */
  into?: Bytes;
}

/** Lets the caller give up: a driver may end its work then, and must free what it holds. */
export interface Cancellable {
  signal?: AbortSignal;
}

/** One page of a listing. */
export interface ListPage {
  /** Only names that begin so. */
  prefix?: string;
  /** Only names behind this one. */
  after?: ObjectName;
  /** At most so many names, 1 to `LIST_LIMIT`. */
  limit: number;
}

/** Longest page of a listing: what S3 gives in one answer. */
export const LIST_LIMIT = 1000;

/**
 * A place that keeps named bytes: what every kind of cloud can truly do, and nothing more. Drivers pass the shared suite
 * (`objectStoreSuite` in testkit). All methods throw only SalusErrors of this package: `object-name` (before any I/O),
 * `object-unknown`, `store-full`, `store-unavailable`.
 */
export interface ObjectStore {
  /**
   * Writes a whole object, replacing one of that name. Resolved means durable; before that, and after a failure or a
   * crash, readers see the old object or none, never a part. Once it has resolved the driver keeps nothing of the body's
   * array: the caller fills it again.
   */
  put(name: ObjectName, body: Bytes | AsyncIterable<Bytes>, options?: Cancellable): Promise<void>;
  /** As `put`, where no object has that name; otherwise 'exists', and the stored object stays as it is. */
  putIfAbsent(
    name: ObjectName,
    body: Bytes | AsyncIterable<Bytes>,
    options?: Cancellable,
  ): Promise<'created' | 'exists'>;
  /** The bytes, in pieces. Throws `object-unknown` at the first piece. */
  get(name: ObjectName, options?: ReadRange & Cancellable): AsyncIterable<Bytes>;
  /** Names in ascending order of their characters' codes. */
  list(page: ListPage): Promise<ObjectName[]>;
  /** Removes an object; one that is not there is no error. */
  delete(name: ObjectName): Promise<void>;
}

/** What a store can promise of its writes. It depends on the protocol, and for some on the server at the other end. */
export interface StorePromises {
  /**
   * 'atomic': of many `putIfAbsent` of one name at once, one creates. 'checked': the store is looked at first, so that two
   * at once may both be told 'created', and the bytes of one of them stay.
   */
  putIfAbsent: 'atomic' | 'checked';
  /** 'synced': what was put is flushed, or the provider's contract says so. 'answered': the server said that it has it. */
  put: 'synced' | 'answered';
}

/** A store that says what it can promise. One that does not promises everything. */
export interface Promising {
  promises(options?: Cancellable): Promise<StorePromises>;
}

/** A store that holds connections. After `close`, nothing may be asked of it. */
export interface Closable {
  close(): Promise<void>;
}

/** How full a store is. */
export interface StoreUsage {
  objects: number;
  sizeBytes: number;
  /** What can still be written, where the store knows. */
  freeBytes?: number;
}

/** A store that can tell how full it is. Cost may be linear in its objects. */
export interface UsageReporting {
  usage(): Promise<StoreUsage>;
}
