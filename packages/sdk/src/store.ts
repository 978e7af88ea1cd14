import type { Bytes } from '@salus/base';

/**
 * Where a device keeps what it must not lose: identity, pinned network, search counters. The command line gives a folder
 * readable by its owner alone, the page a database of the browser.
 */
export interface ProfileStore {
  get(name: string): Promise<Bytes | undefined>;
  /** Durable when it resolves. */
  put(name: string, value: Bytes): Promise<void>;
  delete(name: string): Promise<void>;
}

/** Forgets everything with the process: for rehearsals and tests. */
export class MemoryStore implements ProfileStore {
  readonly #values = new Map<string, Bytes>();

  async get(name: string): Promise<Bytes | undefined> {
    return this.#values.get(name);
  }

  async put(name: string, value: Bytes): Promise<void> {
    this.#values.set(name, value.slice());
  }

  async delete(name: string): Promise<void> {
    this.#values.delete(name);
  }
}
