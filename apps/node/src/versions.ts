import type { Bytes } from '@salus/base';
import type { Selectable } from 'kysely';
import type { NodeContext } from './context.ts';
import type { Tables } from './database/tables.ts';
import { nodeError } from './errors.ts';

export type VersionRow = Selectable<Tables['version']>;

/** The newest version of a generation that the ledger holds. Throws `envelope-mismatch` where it is not stored here. */
export async function currentVersion(
  node: NodeContext,
  record: string,
  group: string,
  generation: number,
): Promise<VersionRow> {
  const rows = await node.database
    .selectFrom('version')
    .selectAll()
    .where('record', '=', record)
    .where('grp', '=', group)
    .where('generation', '=', generation)
    .orderBy('version', 'desc')
    .limit(RACING_LIMIT)
    .execute();
  const current = rows.find((row) => node.ledger.operation(row.operation));
  if (!current) throw nodeError('envelope-mismatch', { why: 'the version is not stored here' });
  return current;
}

// Rows of refused edits are removed at once; only a crash leaves some, at most one per request then under way.
const RACING_LIMIT = 64;

/** A version as the API lists it. */
export function listedVersion(row: VersionRow) {
  const chunks: Bytes[] = [];
  for (let at = 0; at < row.chunks.length; at += 32) chunks.push(row.chunks.subarray(at, at + 32));
  return { number: row.version, card: row.card, manifest: row.manifest, chunks };
}
