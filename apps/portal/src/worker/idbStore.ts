import type { ProfileStore } from '@salus/sdk';

const VALUES = 'values';

/** A profile in a database of the browser, one database each. A value is durable when its transaction has completed. */
export class IdbStore implements ProfileStore {
  #opening: Promise<IDBDatabase> | undefined;

  constructor(readonly name: string) {}

  get(name: string): Promise<Uint8Array | undefined> {
    return this.#run('readonly', (values) => values.get(name));
  }

  async put(name: string, value: Uint8Array): Promise<void> {
    await this.#run('readwrite', (values) => values.put(value, name));
  }

  async delete(name: string): Promise<void> {
    await this.#run('readwrite', (values) => values.delete(name));
  }

  /** Forgets the whole profile: keys, pinned network, drafts. */
  async erase(): Promise<void> {
    await this.#run('readwrite', (values) => values.clear());
  }

  async #run<Result>(mode: IDBTransactionMode, act: (values: IDBObjectStore) => IDBRequest): Promise<Result> {
    this.#opening ??= open(this.name);
    const database = await this.#opening;
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(VALUES, mode, { durability: 'strict' });
      const request = act(transaction.objectStore(VALUES));
      transaction.oncomplete = () => resolve(request.result as Result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(`salus-${name}`, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(VALUES);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
