import type { FolderFiles } from './folderFiles.ts';

/**
 * Makes entries of directories durable. Callers that come while one sync of a directory runs share the next: a burst of
 * files in one directory costs two syncs, not one each.
 */
export class FolderSync {
  readonly #running = new Map<string, Promise<void>>();
  readonly #next = new Map<string, Promise<void>>();

  constructor(readonly files: Pick<FolderFiles, 'open'>) {}

  /** Resolves when every entry made before the call is durable. */
  sync(directory: string): Promise<void> {
    const joined = this.#next.get(directory);
    if (joined) return joined;
    const before = this.#running.get(directory) ?? Promise.resolve();
    const mine = before
      .catch(() => undefined)
      .then(() => {
        this.#next.delete(directory);
        this.#running.set(directory, mine);
        return this.#syncNow(directory);
      })
      .finally(() => {
        if (this.#running.get(directory) === mine) this.#running.delete(directory);
      });
    this.#next.set(directory, mine);
    return mine;
  }

  async #syncNow(directory: string): Promise<void> {
    const handle = await this.files.open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      // Nobody has to wait for it.
      handle.close().catch(() => undefined);
    }
  }
}
