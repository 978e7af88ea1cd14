import { type Bytes, decodeCanonical, encodeCanonical, field } from '@salus/base';
import { z } from 'zod';
import type { ProfileStore } from './store.ts';

/** An operation that the ledger acknowledged, and its height. */
export const keptSchema = z.strictObject({
  id: field.id(),
  height: field.uint(),
  operation: field.bytesUpTo(65_616),
  /** What a person calls the record it is about, where this device knows. */
  title: z.string().max(400).optional(),
});
export type Kept = z.output<typeof keptSchema>;

const PAGE_LIMIT_BYTES = 192 * 1024;
const pageSchema = z.array(keptSchema).max(2_000);
const pagesSchema = z.strictObject({
  /** Numbers of the first page and of the one behind the last. */
  first: field.uint(),
  end: field.uint(),
  /** Everything above this height is here; below it, something was pushed out. */
  from: field.uint(),
});

/** A page that has this much takes no more: an acknowledgement rewrites one page, so it stays small. */
const PAGE_BYTES = 32 * 1024;

/**
 * Operations in the order kept, on pages of a profile's store: adding is one durable write. Only what a page holds counts,
 * so a crash between writes loses nothing. Where it is full, the oldest page goes, and the drawer says from where on it is whole.
 */
export class Drawer {
  constructor(
    readonly store: ProfileStore,
    readonly name: string,
    readonly pagesLimit: number,
  ) {}

  async all(): Promise<Kept[]> {
    const { first, end } = await this.#pages();
    const kept: Kept[] = [];
    for (let page = first; page < end; page++) kept.push(...(await this.#page(page)));
    return kept;
  }

  /** The height above which nothing is missing here. */
  async from(): Promise<number> {
    return (await this.#pages()).from;
  }

  async add(kept: Kept): Promise<void> {
    const pages = await this.#pages();
    const last = pages.end > pages.first ? await this.#page(pages.end - 1) : [];
    const size = last.reduce((sum, { operation }) => sum + operation.length, 0);
    if (pages.end > pages.first && size + kept.operation.length <= PAGE_BYTES)
      return this.#putPage(pages.end - 1, [...last, kept]);
    // The page first: one that is not counted yet is found by its number.
    await this.#putPage(pages.end, [kept]);
    await this.#putPages({ ...pages, end: pages.end + 1 });
    if (pages.end + 1 - pages.first > this.pagesLimit) await this.#push();
  }

  /** Forgets what is at or below a height, page by page. */
  async forget(height: number): Promise<void> {
    for (let pages = await this.#pages(); pages.first < pages.end; pages = await this.#pages()) {
      const oldest = await this.#page(pages.first);
      if (oldest.some((kept) => kept.height > height)) return;
      await this.#drop(pages);
    }
  }

  async clear(): Promise<void> {
    const { first, end } = await this.#pages();
    await this.#putPages({ first: end, end, from: 0 });
    for (let page = first; page < end; page++) await this.store.delete(this.#pageName(page));
  }

  /** The oldest page goes; what was on it is missing from here on. */
  async #push(): Promise<void> {
    const pages = await this.#pages();
    const oldest = await this.#page(pages.first);
    await this.#drop({ ...pages, from: Math.max(pages.from, ...oldest.map(({ height }) => height)) });
  }

  async #drop(pages: z.output<typeof pagesSchema>): Promise<void> {
    await this.#putPages({ ...pages, first: pages.first + 1 });
    await this.store.delete(this.#pageName(pages.first));
  }

  async #pages(): Promise<z.output<typeof pagesSchema>> {
    const bytes = await this.store.get(this.name);
    const pages = bytes ? decodeCanonical('kept operations', bytes, pagesSchema, 1_024) : { first: 0, end: 0, from: 0 };
    // A crash may have come between a page and its count.
    while (await this.store.get(this.#pageName(pages.end))) pages.end++;
    return pages;
  }

  async #page(page: number): Promise<Kept[]> {
    const bytes = await this.store.get(this.#pageName(page));
    return bytes ? decodeCanonical('kept operations', bytes, pageSchema, PAGE_LIMIT_BYTES) : [];
  }

  readonly #pageName = (page: number): string => `${this.name}-${page}`;
  readonly #putPages = (pages: z.output<typeof pagesSchema>) => this.store.put(this.name, encodeCanonical(pages));
  readonly #putPage = (page: number, kept: Kept[]): Promise<void> =>
    this.store.put(this.#pageName(page), encodeCanonical(kept) as Bytes);
}
