import * as nodeFiles from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, isSalusError } from '@salus/base';
import { cloudsError } from './errors.ts';
import { type FolderFiles, oneAtATime } from './folderFiles.ts';
import { fileOf, folderMatters, folderOf, nameOf } from './folderPath.ts';
import { FolderSync } from './folderSync.ts';
import { checkObjectName } from './objectName.ts';
import type {
  Cancellable,
  ListPage,
  ObjectName,
  ObjectStore,
  ReadRange,
  StoreUsage,
  UsageReporting,
} from './objectStore.ts';
import { piecesOf } from './pieces.ts';

/** What `openFolderStore` needs. */
export interface FolderStoreOptions {
  /** Owned by one process at a time; made if absent. */
  directory: string;
  /** The machine's file system unless told. */
  files?: FolderFiles;
  /** Leaves everything as it is, also what an owner's crash left: for who looks while the owner works. */
  untouched?: boolean;
}

/** A folder of this machine standing in for a cloud. */
export interface FolderStore extends ObjectStore, UsageReporting {}

// Larger objects are read piece by piece, so that a reader's memory does not grow with the object.
const PIECE_BYTES = 4 * 1024 * 1024;
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const codeOf = (thrown: unknown): string => String((thrown as NodeJS.ErrnoException)?.code ?? 'unknown');

/**
 * Opens a folder as a store. An object is written beside its place, synced, and renamed into it, and the directory synced:
 * a crash leaves the old object or none, and what it leaves behind is removed here. Throws `store-unavailable`.
 */
export async function openFolderStore(options: FolderStoreOptions): Promise<FolderStore> {
  const { directory, files = nodeFiles, untouched = false } = options;
  const store = new Folder(directory, oneAtATime(files));
  if (!untouched) await store.open();
  return store;
}

/** In one call where the system takes all of it. */
async function writeWhole(handle: Awaited<ReturnType<FolderFiles['open']>>, piece: Bytes): Promise<void> {
  for (let at = 0; at < piece.length; ) at += (await handle.write(piece, at, piece.length - at)).bytesWritten;
}

/** Throws the first failure, once everything has ended. */
function needAll(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

class Folder implements FolderStore {
  readonly #objects: string;
  readonly #unfinished: string;
  readonly #sync: FolderSync;
  readonly #known = new Set<string>();
  #writes = 0;

  constructor(
    readonly directory: string,
    readonly files: FolderFiles,
  ) {
    this.#objects = join(directory, 'objects');
    this.#unfinished = join(directory, 'unfinished');
    this.#sync = new FolderSync(files);
  }

  async open(): Promise<void> {
    await this.#guarded(async () => {
      await this.files.mkdir(this.directory, { recursive: true });
      await this.files.rm(this.#unfinished, { recursive: true, force: true });
      // A disk without room for a folder may still be read; who writes is told.
      await this.#makeRooms().catch((thrown: unknown) => {
        if (!FULL.has(codeOf(thrown))) throw thrown;
      });
      await this.#sync.sync(this.directory);
    });
  }

  async put(name: ObjectName, body: Bytes | AsyncIterable<Bytes>, options: Cancellable = {}): Promise<void> {
    await this.#write(name, body, options, (from, to) => this.files.rename(from, to));
  }

  async putIfAbsent(
    name: ObjectName,
    body: Bytes | AsyncIterable<Bytes>,
    options: Cancellable = {},
  ): Promise<'created' | 'exists'> {
    let outcome: 'created' | 'exists' = 'created';
    // A hard link is the one way to give a name to a file that fails where the name is taken.
    await this.#write(name, body, options, async (from, to) => {
      try {
        await this.files.link(from, to);
      } catch (thrown) {
        if (codeOf(thrown) !== 'EEXIST') throw thrown;
        outcome = 'exists';
      }
      await this.files.unlink(from);
    });
    return outcome;
  }

  async *get(name: ObjectName, options: ReadRange & Cancellable = {}): AsyncIterable<Bytes> {
    checkObjectName(name);
    const handle = await this.#guarded(() => this.files.open(this.#pathOf(name), 'r'), name);
    try {
      const start = options.offset ?? 0;
      const end = Math.min((await handle.stat()).size, start + (options.lengthBytes ?? Number.MAX_SAFE_INTEGER));
      const into = options.into && options.into.length >= end - start ? options.into : undefined;
      let at = start;
      while (at < end && !options.signal?.aborted) {
        const piece = into?.subarray(at - start, end - start) ?? new Uint8Array(Math.min(PIECE_BYTES, end - at));
        const { bytesRead } = await this.#guarded(() => handle.read(piece, 0, piece.length, at));
        if (bytesRead === 0) return;
        at += bytesRead;
        yield piece.subarray(0, bytesRead);
      }
      if (options.signal?.aborted) throw cloudsError('store-unavailable', { why: 'cancelled' });
    } finally {
      await handle.close();
    }
  }

  async list({ prefix = '', after = '', limit }: ListPage): Promise<ObjectName[]> {
    const found: ObjectName[] = [];
    for (const start of await this.#namesIn(this.#objects)) {
      if (found.length >= limit) break;
      if (!folderMatters(start, prefix, after)) continue;
      for (const name of await this.#namesIn(join(this.#objects, fileOf(start))))
        if (name > after && name.startsWith(prefix)) found.push(name);
    }
    return found.slice(0, limit);
  }

  async delete(name: ObjectName): Promise<void> {
    checkObjectName(name);
    try {
      await this.#guarded(() => this.files.unlink(this.#pathOf(name)), name);
      await this.#guarded(() => this.#sync.sync(join(this.#objects, folderOf(name))));
    } catch (thrown) {
      if (!isSalusError(thrown, 'object-unknown')) throw thrown;
    }
  }

  async usage(): Promise<StoreUsage> {
    const usage = { objects: 0, sizeBytes: 0 };
    for (const start of await this.#namesIn(this.#objects)) {
      const folder = join(this.#objects, fileOf(start));
      for (const name of await this.#namesIn(folder)) {
        usage.objects++;
        usage.sizeBytes += (await this.#guarded(() => this.files.stat(join(folder, fileOf(name))))).size;
      }
    }
    const disk = await this.#guarded(() => this.files.statfs(this.directory));
    return { ...usage, freeBytes: disk.bavail * disk.bsize };
  }

  async #write(
    name: ObjectName,
    body: Bytes | AsyncIterable<Bytes>,
    { signal }: Cancellable,
    settle: (from: string, to: string) => Promise<void>,
  ): Promise<void> {
    checkObjectName(name);
    const temporary = join(this.#unfinished, String(this.#writes++));
    try {
      if (this.#known.size === 0) await this.#guarded(() => this.#makeRooms());
      const folder = this.#guarded(() => this.#makeFolder(folderOf(name)));
      await Promise.allSettled([folder, this.#writeDurably(temporary, body, signal)]).then(needAll);
      await this.#guarded(() => settle(temporary, this.#pathOf(name)));
      await this.#guarded(() => this.#sync.sync(join(this.#objects, folderOf(name))));
    } catch (thrown) {
      await this.files.rm(temporary, { force: true }).catch(() => undefined);
      throw thrown;
    }
  }

  async #writeDurably(path: string, body: Bytes | AsyncIterable<Bytes>, signal?: AbortSignal): Promise<void> {
    const handle = await this.#guarded(() => this.files.open(path, 'wx'));
    try {
      // What the caller's body throws goes through as it is; only the disk's own failures are ours to name.
      for await (const piece of piecesOf(body)) {
        if (signal?.aborted) throw cloudsError('store-unavailable', { why: 'cancelled' });
        await this.#guarded(() => writeWhole(handle, piece));
      }
      await this.#guarded(() => handle.datasync());
    } finally {
      await handle.close();
    }
  }

  async #makeRooms(): Promise<void> {
    for (const room of [this.#objects, this.#unfinished])
      await this.files.mkdir(room).catch((thrown: unknown) => {
        if (codeOf(thrown) !== 'EEXIST') throw thrown;
      });
  }

  /** Makes a fan-out folder. Its own entry must be durable before an object in it counts. */
  async #makeFolder(folder: string): Promise<void> {
    if (this.#known.has(folder)) return;
    await this.files.mkdir(join(this.#objects, folder), { recursive: true });
    await this.#sync.sync(this.#objects);
    this.#known.add(folder);
  }

  async #namesIn(directory: string): Promise<string[]> {
    const entries = await this.#guarded(() => this.files.readdir(directory), '').catch((thrown: unknown) => {
      if (isSalusError(thrown, 'object-unknown')) return [];
      throw thrown;
    });
    return entries.flatMap((entry) => nameOf(entry) ?? []).sort((a, b) => (a < b ? -1 : 1));
  }

  /**
   * Runs file operations and names what goes wrong. Where the whole folder is gone, as a disk that is not mounted, the
   * store is unavailable and its objects are not lost.
   */
  async #guarded<Result>(work: () => Promise<Result>, name?: ObjectName): Promise<Result> {
    try {
      return await work();
    } catch (thrown) {
      const code = codeOf(thrown);
      if (FULL.has(code)) throw cloudsError('store-full');
      if (code === 'ENOENT') {
        const exists = (path: string) =>
          this.files.stat(path).then(
            () => true,
            () => false,
          );
        if (name === undefined || !(await exists(this.#unfinished))) this.#known.clear();
        if (name !== undefined && (await exists(this.directory))) throw cloudsError('object-unknown', { name });
      }
      throw cloudsError('store-unavailable', { why: code });
    }
  }

  #pathOf(name: ObjectName): string {
    return join(this.#objects, folderOf(name), fileOf(name));
  }
}
