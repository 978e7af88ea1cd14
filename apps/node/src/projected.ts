import { hex } from '@salus/base';
import type { EmbeddedLedger } from '@salus/ledger';
import { type Database, openDatabase } from './database/open.ts';
import type { Tables } from './database/tables.ts';
import { Projection } from './projection.ts';

/** Columns that the blocks alone give. Which keys a delegation was made for is known only at the time it was made. */
const PROJECTED = {
  account_keys: ['account', 'version', 'B', 'box_key'],
  request: ['request', 'doctor', 'patient', 'made_at'],
  assignment: ['doctor', 'patient'],
  delegation: ['delegation', 'maker', 'recipient'],
  delegation_patient: ['delegation', 'patient'],
} as const satisfies Partial<Record<keyof Tables, readonly string[]>>;

/**
 * Names of the lists in a database that are not what the ledger's blocks give, replayed into a new database in `file`.
 * Cost: all blocks, and all rows of those lists in memory.
 */
export async function differingProjections(
  database: Database,
  ledger: EmbeddedLedger,
  file: string,
): Promise<string[]> {
  const replayed = await openDatabase(file);
  try {
    await new Projection(replayed, ledger).catchUp();
    const differing: string[] = [];
    for (const table of Object.keys(PROJECTED) as (keyof typeof PROJECTED)[])
      if ((await rowsOf(database, table)) !== (await rowsOf(replayed, table))) differing.push(table);
    return differing;
  } finally {
    await replayed.destroy();
  }
}

async function rowsOf(database: Database, table: keyof typeof PROJECTED): Promise<string> {
  const rows = (await database.selectFrom(table).selectAll().execute()) as Record<string, unknown>[];
  return rows
    .map((row) => JSON.stringify(PROJECTED[table].map((column) => shown(row[column]))))
    .sort()
    .join('\n');
}

const shown = (value: unknown) => (value instanceof Uint8Array ? hex(value) : value);
