import { type Bytes, hex, type Random } from '@salus/base';
import { fileOf, folderMatters, folderOf, nameOf } from '../folderPath.ts';
import type { Cancellable, ObjectName } from '../objectStore.ts';
import type { FileTree, TreePath } from './fileTree.ts';
import type { RemoteStore } from './remoteStore.ts';

// A folder costs a round trip or two, and most hold less than a page.
const FOLDERS_AT_ONCE = 8;

/**
 * A store of files on a server, laid out as the local folder is, so that one can be copied to the other. An object is
 * written under `unfinished/` and moved into its place, which readers see as one step. What a broken line or a dead
 * process left unfinished is removed before the first write: the place belongs to one process at a time.
 */
export class TreeStore implements RemoteStore {
  readonly #place: TreePath;
  readonly #run: string;
  readonly #known = new Map<TreePath, Promise<void>>();
  #ready: Promise<void> | undefined;
  #writes = 0;

  constructor(
    readonly tree: FileTree,
    place: TreePath,
    random: Random,
  ) {
    this.#place = place;
    this.#run = hex(random(8));
  }

  async put(name: ObjectName, body: Bytes | AsyncIterable<Bytes>, options: Cancellable = {}): Promise<void> {
    await this.#write(name, body, options, (from, to) => this.tree.move(from, to, options));
  }

  putIfAbsent(name: ObjectName, body: Bytes | AsyncIterable<Bytes>, options: Cancellable = {}) {
    return this.#write(name, body, options, async (from, to) => {
      const outcome = await this.tree.moveIfAbsent(from, to, options);
      if (outcome === 'exists') await this.tree.remove(from, options);
      return outcome;
    });
  }

  get(name: ObjectName, read: Parameters<RemoteStore['get']>[1] = {}): AsyncIterable<Bytes> {
    return this.tree.read(this.#pathOf(name), read);
  }

  async list(page: Parameters<RemoteStore['list']>[0]): Promise<ObjectName[]> {
    const { prefix = '', after = '', limit } = page;
    const found: ObjectName[] = [];
    const starts = await this.#namesIn('objects', page);
    const left = starts.filter((start) => folderMatters(start, prefix, after));
    while (left.length > 0 && found.length < limit) {
      const some = left.splice(0, FOLDERS_AT_ONCE).map((start) => this.#namesIn(`objects/${fileOf(start)}`, page));
      for (const names of await Promise.all(some))
        found.push(...names.filter((name) => name > after && name.startsWith(prefix)));
    }
    return found;
  }

  async delete(name: ObjectName, options: Cancellable = {}): Promise<void> {
    await this.tree.remove(this.#pathOf(name), options);
  }

  promises(options: Cancellable = {}) {
    return this.tree.promises(options);
  }

  close(): Promise<void> {
    return this.tree.close();
  }

  async #write<Outcome>(
    name: ObjectName,
    body: Bytes | AsyncIterable<Bytes>,
    options: Cancellable,
    settle: (from: TreePath, to: TreePath) => Promise<Outcome>,
  ): Promise<Outcome> {
    const temporary = `${this.#place}/unfinished/${this.#run}-${this.#writes++}`;
    try {
      await this.#prepared(options);
      await this.#makeFolder(`objects/${folderOf(name)}`, options);
      await this.tree.write(temporary, body, options);
      return await settle(temporary, this.#pathOf(name));
    } catch (thrown) {
      // Someone may have removed the folders that were known. The file goes now if it can, or when the place is next opened.
      this.#known.clear();
      this.#ready = undefined;
      this.tree.remove(temporary, {}).catch(() => undefined);
      throw thrown;
    }
  }

  /** Makes the store's folders, and sweeps what earlier runs left, once for all callers. */
  #prepared(options: Cancellable): Promise<void> {
    this.#ready ??= this.#prepare(options).catch((thrown: unknown) => {
      this.#ready = undefined;
      throw thrown;
    });
    return this.#ready;
  }

  async #prepare(options: Cancellable): Promise<void> {
    const parts = this.#place.split('/');
    for (let depth = 1; depth <= parts.length; depth++)
      await this.tree.makeFolder(parts.slice(0, depth).join('/'), options);
    for (const room of ['objects', 'unfinished']) await this.tree.makeFolder(`${this.#place}/${room}`, options);
    for (const left of await this.tree.names(`${this.#place}/unfinished`, options))
      if (/^[0-9a-f]{16}-\d+$/.test(left) && !left.startsWith(this.#run))
        await this.tree.remove(`${this.#place}/unfinished/${left}`, options);
  }

  /** Once for all callers: some servers answer a second one that comes meanwhile as if it had no right to. */
  #makeFolder(folder: TreePath, options: Cancellable): Promise<void> {
    const making = this.#known.get(folder) ?? this.tree.makeFolder(`${this.#place}/${folder}`, options);
    this.#known.set(folder, making);
    making.catch(() => this.#known.delete(folder));
    return making;
  }

  async #namesIn(folder: TreePath, options: Cancellable): Promise<ObjectName[]> {
    const files = await this.tree.names(`${this.#place}/${folder}`, options);
    return files.flatMap((file) => nameOf(file) ?? []).sort((a, b) => (a < b ? -1 : 1));
  }

  #pathOf(name: ObjectName): TreePath {
    return `${this.#place}/objects/${folderOf(name)}/${fileOf(name)}`;
  }
}
