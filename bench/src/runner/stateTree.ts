import { u32 } from '@salus/base';
import { keyHash, Page, updateTree, valueHash } from '@salus/ledger/tree';

/** A state tree of so many keys, each page read from and written to its stored form: nothing is kept decoded. */
export class StateTree {
  readonly #stored = new Map<string, Uint8Array>();
  #keys = 0;

  constructor(keys: number) {
    while (this.#keys < keys) this.add(Math.min(FILL_KEYS, keys - this.#keys));
  }

  /** Sets so many new keys in one batch, as one block does. */
  add(count: number): void {
    const leaves = Array.from({ length: count }, (_, i) => ({
      key: keyHash(`record/${this.#keys + i}`),
      value: valueHash(u32(i)),
    }));
    this.#keys += count;
    for (const [path, page] of updateTree((path) => this.#read(path), leaves).pages)
      this.#stored.set(path, page.encode());
  }

  #read(path: string): Page | undefined {
    const bytes = this.#stored.get(path);
    return bytes && Page.decode(bytes);
  }
}

const FILL_KEYS = 10_000;
