import { open } from 'node:fs/promises';
import { type Bytes, errorTable } from '@salus/base';
import { Kysely, SqliteDialect, sql } from 'kysely';
import Libsql from 'libsql';
import { migrate } from './migrations.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

const databaseError = errorTable({
  'database-unreadable': {
    message: (facts) => `The database ${facts.file} cannot be opened: ${facts.why}.`,
    fix: 'Restore it with `salus restore`. Without a backup only the placement of pieces can be made again, from the stores.',
  },
});

/**
 * Opens (and migrates) the node's SQLite file, every commit fsynced. Throws `database-unreadable`.
 * The only way to the driver: it aborts the process on argument types it does not know, so they are mapped here.
 */
export async function openDatabase(file: string): Promise<Database> {
  try {
    const driver = new Libsql(file);
    driver.exec(
      'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000; PRAGMA cache_size=-32768',
    );
    const database = new Kysely<Tables>({ dialect: new SqliteDialect({ database: guarded(driver) }) });
    await migrate(database);
    return database;
  } catch (thrown) {
    throw databaseError('database-unreadable', { file, why: thrown instanceof Error ? thrown.message : 'unknown' });
  }
}

/**
 * Lets work commit without a flush to disk. Whoever calls this flushes the file's log (`logOf`) before anybody is told what rests on it.
 * The database stays whole meanwhile: its log is read to the last commit that is complete, a later commit that is flushed flushes
 * what stands before it, and log and file are flushed before either is written over. Nobody else commits so: there is one
 * connection, and the work holds it.
 */
export function unflushed<Result>(database: Database, work: (held: Database) => Promise<Result>): Promise<Result> {
  return database.connection().execute(async (held) => {
    await sql`PRAGMA synchronous=NORMAL`.execute(held);
    try {
      return await work(held);
    } finally {
      await sql`PRAGMA synchronous=FULL`.execute(held);
    }
  });
}

/** Where SQLite keeps what is committed and not yet in the file. */
export const logOf = (file: string): string => `${file}-wal`;

type Parameter = string | number | bigint | Bytes | null;

/** Maps what the driver cannot take (booleans, undefined) and hands blobs back as Uint8Array. */
function guarded(driver: Libsql.Database) {
  return {
    close: () => driver.close(),
    prepare(sql: string) {
      const statement = driver.prepare(sql);
      return {
        reader: statement.reader,
        all: (parameters: readonly unknown[]) => (statement.all(parameters.map(toDriver)) as Row[]).map(fromDriver),
        run: (parameters: readonly unknown[]) => statement.run(parameters.map(toDriver)),
        *iterate(parameters: readonly unknown[]) {
          for (const row of statement.iterate(parameters.map(toDriver)) as Iterable<Row>) yield fromDriver(row);
        },
      };
    },
  };
}

type Row = Record<string, unknown>;

function toDriver(value: unknown): Parameter {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`a ${typeof value} cannot be stored in the database`);
}

function fromDriver(row: Row): Row {
  for (const name in row) if (row[name] instanceof ArrayBuffer) row[name] = new Uint8Array(row[name]);
  return row;
}

/** Whether a statement failed because a unique key was taken. */
export const isTaken = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(String(thrown.code));

/** Pages read at a time: some ten milliseconds in which nothing else runs. */
const PAGES_PER_STEP = 64;

/**
 * Copies a database, in use or not, as of one moment into a new file: page for page, so that two copies differ where something
 * was written and nowhere else (`VACUUM INTO` moves nearly everything). Writers go on meanwhile. Throws `database-unreadable`.
 */
export async function copyDatabase(file: string, copy: string): Promise<void> {
  try {
    const driver = new Libsql(file);
    const target = await open(copy, 'wx', 0o600);
    try {
      // The first query begins the moment that all of them see.
      driver.exec('BEGIN');
      const { pages } = driver.prepare('SELECT page_count AS pages FROM pragma_page_count').get() as { pages: number };
      const read = driver.prepare('SELECT data FROM sqlite_dbpage WHERE pgno BETWEEN ? AND ? ORDER BY pgno');
      for (let page = 1; page <= pages; page += PAGES_PER_STEP) {
        const rows = read.all([page, Math.min(pages, page + PAGES_PER_STEP - 1)]) as { data: ArrayBuffer }[];
        await target.writeFile(Buffer.concat(rows.map(({ data }) => new Uint8Array(data))));
      }
    } finally {
      driver.close();
      await target.close();
    }
  } catch (thrown) {
    throw databaseError('database-unreadable', { file, why: thrown instanceof Error ? thrown.message : 'unknown' });
  }
}
