import { type Bytes, equal } from '@salus/base';

/** How rows of one table are told apart, inserted, and compared with what is there. */
export interface Rows<Row> {
  keyOf: (row: Row) => string;
  contentOf: (row: Row) => Bytes;
  /** Inserts those whose keys are free, in one statement, and gives their keys. */
  insert: (rows: Row[]) => Promise<string[]>;
  /** Values by key of those that are there. */
  held: (rows: Row[]) => Promise<Map<string, Bytes>>;
  /** What is thrown where a key is there with another value. */
  taken: (row: Row) => Error;
}

// SQLite takes 32,766 parameters in a statement; a slot has nine.
const ROWS_PER_STATEMENT = 1_000;

/**
 * Inserts many rows in few statements and gives those that are new. The same row again is no conflict, be it in the table or in the
 * list; another value under its key is.
 */
export async function insertNew<Row>(rows: readonly Row[], { keyOf, contentOf, insert, held, taken }: Rows<Row>) {
  const distinct = new Map<string, Row>();
  for (const row of rows) {
    const earlier = distinct.get(keyOf(row));
    if (earlier && !equal(contentOf(earlier), contentOf(row))) throw taken(row);
    distinct.set(keyOf(row), row);
  }
  const added: Row[] = [];
  for (const page of pages([...distinct.values()])) {
    const fresh = new Set(await insert(page));
    const there = page.filter((row) => !fresh.has(keyOf(row)));
    const values = there.length > 0 ? await held(there) : new Map<string, Bytes>();
    for (const row of there) {
      const value = values.get(keyOf(row));
      if (!value || !equal(value, contentOf(row))) throw taken(row);
    }
    added.push(...page.filter((row) => fresh.has(keyOf(row))));
  }
  return added;
}

/** Items a statement's worth at a time. */
export function* pages<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let at = 0; at < items.length; at += ROWS_PER_STATEMENT) yield items.slice(at, at + ROWS_PER_STATEMENT);
}
