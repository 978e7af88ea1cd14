import { assert, type Bytes, decodeCanonical, equal, type OperationId } from '@salus/base';
import type { StateKey, StateReader, StateValue } from '@salus/contracts';
import { z } from 'zod';
import { type FinishedDraft, type Ground, type Tip, tipAfter } from '../../block/draft.ts';
import { beginning } from '../../block/first.ts';
import type { TrustedGenesis } from '../../block/header.ts';
import { ledgerError } from '../../errors.ts';
import { Page } from '../../tree/page.ts';
import { Recent } from './recent.ts';
import type { PlacedBlock, Store } from './store.ts';

/** Largest value: a patient's 256 readers take half of it. */
const VALUE_LIMIT_BYTES = 65_536;
/** Values and tree pages kept decoded: some 40 MB, enough for the accounts of a busy day. */
const VALUES_KEPT = 10_000;
const PAGES_KEPT = 5_000;
/** Log places and heights are 32-bit keys in the store: a node at 3,000 operations a second takes 16 days to get there. */
const OPERATIONS_LIMIT = 0xffffffff;

const anyValue = z.custom<StateValue>(() => true);

/** The newest state: what the next block is built upon, and what reads answer from. */
export class Chain implements Ground {
  readonly trust: TrustedGenesis;
  readonly store: Store;
  #tip: Tip;
  #committing: Promise<void> | undefined;
  readonly #values = new Recent<string, StateValue>(VALUES_KEPT);
  readonly #pages = new Recent<string, Page>(PAGES_KEPT);

  private constructor(trust: TrustedGenesis, store: Store, tip: Tip) {
    this.trust = trust;
    this.store = store;
    this.#tip = tip;
  }

  /** Takes up a store, or begins a new one. Throws `ledger-foreign`. */
  static async open(trust: TrustedGenesis, store: Store): Promise<Chain> {
    const stored = store.storedTip();
    if (stored && !equal(stored.network, trust.network))
      throw ledgerError('ledger-foreign', { why: 'its state is of another network' });
    if (stored) return new Chain(trust, store, store.tip(stored));
    const first = beginning(trust.genesis, trust.network);
    await store.begin(trust.network, first);
    return new Chain(trust, store, first.tip);
  }

  get network(): Bytes {
    return this.trust.network;
  }

  get tip(): Tip {
    return this.#tip;
  }

  readonly state: StateReader = {
    get: <Value extends StateValue>(key: StateKey<Value>): Value | undefined => {
      const kept = this.#values.get(key);
      if (kept) return kept as Value;
      const bytes = this.store.value(key);
      if (!bytes) return undefined;
      const value = decodeStored(key, bytes);
      this.#values.set(key, value);
      return value as Value;
    },
  };

  readonly pages = (path: string): Page | undefined => {
    const kept = this.#pages.get(path);
    if (kept) return kept;
    const bytes = this.store.page(path);
    if (!bytes) return undefined;
    const page = Page.decode(bytes);
    this.#pages.set(path, page);
    return page;
  };

  readonly holds = (id: OperationId): boolean => this.store.logIndexOf(id) !== undefined;

  /** Pending while a block is taken in: until then store and tip may be of two blocks. Never rejects. */
  get committing(): Promise<void> | undefined {
    return this.#committing;
  }

  /** Makes a block that is on disk the newest. */
  async commit(draft: FinishedDraft, block: PlacedBlock): Promise<void> {
    const done = this.#take(draft, block);
    this.#committing = done.catch(() => {});
    await done.finally(() => {
      this.#committing = undefined;
    });
  }

  async #take(draft: FinishedDraft, block: PlacedBlock): Promise<void> {
    assert(draft.log.size < OPERATIONS_LIMIT, 'log places fit 32 bits');
    const tip = tipAfter(draft, block.header.hash);
    await this.store.write(draft, tip, block);
    for (const [key, value] of draft.values) this.#values.set(key, value);
    for (const [path, page] of draft.pages) this.#pages.set(path, page);
    this.#tip = tip;
  }
}

/** A value of our own store. */
export const decodeStored = (key: string, bytes: Bytes): StateValue =>
  decodeCanonical(key, bytes, anyValue, VALUE_LIMIT_BYTES);
