import type { Bytes } from '@salus/base';
import type { Cancellable, Closable, ListPage, ObjectName, ObjectStore, Promising, ReadRange } from '../objectStore.ts';

/**
 * Which writing of an object a read began with. The driver fills it in at the first answer; a read that is given it filled
 * in goes on with that writing or throws `object-changed`, so that a resumed read never joins two objects.
 */
export interface SeenVersion {
  tag?: string;
}

/** How one reads from a driver. */
export type RemoteRead = ReadRange & Cancellable & { seen?: SeenVersion };

/**
 * A store at the other end of a network: every call can be cancelled, and reads can be resumed. Drivers and the wrappers
 * around them have this interface; what they throw is made one of our errors in `named.ts`.
 */
export interface RemoteStore extends ObjectStore, Promising, Closable {
  get(name: ObjectName, options?: RemoteRead): AsyncIterable<Bytes>;
  list(page: ListPage & Cancellable): Promise<ObjectName[]>;
  delete(name: ObjectName, options?: Cancellable): Promise<void>;
}
