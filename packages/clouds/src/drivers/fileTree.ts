import type { Bytes } from '@salus/base';
import type { Cancellable, Closable, Promising } from '../objectStore.ts';
import type { RemoteRead } from './remoteStore.ts';

/** A path below the place of a store, parts between slashes. */
export type TreePath = string;

/** What a protocol of files and folders must do for `TreeStore` to make a store of it. All methods throw what the library does. */
export interface FileTree extends Promising, Closable {
  read(path: TreePath, read: RemoteRead): AsyncIterable<Bytes>;
  /** Writes a file that nobody looks for yet; flushed, where the protocol can ask for that. */
  write(path: TreePath, body: Bytes | AsyncIterable<Bytes>, options: Cancellable): Promise<void>;
  /** Gives a file another name, in one step, replacing the file that had it. */
  move(from: TreePath, to: TreePath, options: Cancellable): Promise<void>;
  /** As `move`, where no file has that name; otherwise 'exists', and nothing is moved. How surely is what it promises. */
  moveIfAbsent(from: TreePath, to: TreePath, options: Cancellable): Promise<'created' | 'exists'>;
  /** Throws a failure that is `missing` where there is none. */
  remove(path: TreePath, options: Cancellable): Promise<void>;
  /** Names in a folder, in any order; none where there is no such folder. */
  names(folder: TreePath, options: Cancellable): Promise<string[]>;
  /** Makes a folder in one that is there; one that is there already is no error. */
  makeFolder(folder: TreePath, options: Cancellable): Promise<void>;
}
