import { type Bytes, decodeCanonical, encodeCanonical, field } from '@salus/base';
import { parseOperation } from '@salus/contracts';
import { type Header, parseHeader } from '@salus/ledger/verifier';
import { z } from 'zod';
import type { Client } from './client.ts';
import { Drawer, type Kept } from './drawer.ts';
import type { ProfileStore } from './store.ts';

/** 4 MiB at least: some eight thousand consents, requests and records between two backups. */
const DEEDS_PAGES = 128;
/** Reads are large and many, and nobody is cut off by one: they have room of their own and push out only each other. */
const READS_PAGES = 64;

const NEWEST = 'newest-header';
const SEEN = 'events-kept';
const seenSchema = z.strictObject({
  /** Events of the account that were looked at. */
  count: field.uint(),
  /** What is at or below this height was left to backups: a backup older than that finds it missing here. */
  from: field.uint(),
});

/**
 * What a device keeps in case its server is restored from an older backup: every operation of its account and every one
 * that concerns it, above the height that the server's backups cover, and the newest header that it has seen.
 */
export class Journal {
  readonly #deeds: Drawer;
  readonly #reads: Drawer;
  readonly #store: ProfileStore;

  constructor(store: ProfileStore) {
    this.#store = store;
    this.#deeds = new Drawer(store, 'kept-deeds', DEEDS_PAGES);
    this.#reads = new Drawer(store, 'kept-reads', READS_PAGES);
  }

  /** Keeps an acknowledged operation, and the header that came with it. Durable when it resolves. */
  keep(operation: Bytes, height: number, header: Bytes, title?: string): Promise<void> {
    return alone(this.#store, async () => {
      await this.#add(operation, height, title);
      const newest = await this.newest();
      if (!newest || parseHeader(header).header.height > newest.header.height) await this.#store.put(NEWEST, header);
    });
  }

  async #add(operation: Bytes, height: number, title?: string): Promise<void> {
    const { id, type } = parseOperation(operation).operation;
    const drawer = type === 'read.open' ? this.#reads : this.#deeds;
    await drawer.add({ id, height, operation, ...(title ? { title: shortened(title) } : {}) });
  }

  /** The newest header that came with an acknowledgement. */
  async newest(): Promise<{ header: Header; bytes: Bytes } | undefined> {
    const bytes = await this.#store.get(NEWEST);
    return bytes && { header: parseHeader(bytes).header, bytes };
  }

  /** Fetches what others did that concerns the account, and what another process of this profile did, since the last time. */
  follow(client: Client, account: string, keepFrom: number): Promise<void> {
    return alone(this.#store, async () => {
      const seen = await this.#seen();
      let { count } = seen;
      const known = new Set<string>();
      for (let total = count + 1; count < total; ) {
        const page = await client.call('accountEvents', { from: count }, { account });
        if (page.events.length === 0) break;
        if (known.size === 0) for (const { id } of await this.#all()) known.add(id);
        for (const { operation, height } of page.events)
          if (height > keepFrom && !known.has(parseOperation(operation).operation.id))
            await this.#add(operation, height);
        total = page.total;
        count += page.events.length;
      }
      const from = Math.max(seen.from, keepFrom);
      if (count > seen.count || from > seen.from) await this.#store.put(SEEN, encodeCanonical({ count, from }));
    });
  }

  async #seen(): Promise<z.output<typeof seenSchema>> {
    const bytes = await this.#store.get(SEEN);
    return bytes ? decodeCanonical('events kept', bytes, seenSchema, 64) : { count: 0, from: 0 };
  }

  /** Everything kept above a height, in the order of the ledger as far as this device knows it. */
  async above(height: number): Promise<Kept[]> {
    const once = new Map((await this.#all()).map((kept) => [kept.id, kept] as const));
    return [...once.values()].filter((kept) => kept.height > height).sort((a, b) => a.height - b.height);
  }

  /** Whether nothing that cuts somebody off is missing above a height. */
  async wholeAbove(height: number): Promise<boolean> {
    return Math.max(await this.#deeds.from(), (await this.#seen()).from) <= height;
  }

  /** Forgets what a backup, and the one before it, have; noted first, for that is what a still older one would lack. */
  forget(keepFrom: number): Promise<void> {
    return alone(this.#store, async () => {
      const seen = await this.#seen();
      if (keepFrom > seen.from) await this.#store.put(SEEN, encodeCanonical({ ...seen, from: keepFrom }));
      await this.#deeds.forget(keepFrom);
      await this.#reads.forget(keepFrom);
    });
  }

  /** Begins again: the ledger that all this was about is no more. */
  clear(): Promise<void> {
    return alone(this.#store, async () => {
      for (const name of [NEWEST, SEEN]) await this.#store.delete(name);
      await this.#deeds.clear();
      await this.#reads.clear();
    });
  }

  async #all(): Promise<Kept[]> {
    return [...(await this.#deeds.all()), ...(await this.#reads.all())];
  }
}

const TITLE_LIMIT = 100;
const shortened = (title: string): string => [...title].slice(0, TITLE_LIMIT).join('');

/** What is under way on each store: pages are read and written by one at a time. */
const underWay = new WeakMap<ProfileStore, Promise<unknown>>();

function alone<Result>(store: ProfileStore, work: () => Promise<Result>): Promise<Result> {
  const done = (underWay.get(store) ?? Promise.resolve()).then(work);
  underWay.set(
    store,
    done.catch(() => {}),
  );
  return done;
}
