import { batchKey, recordKey } from '@salus/contracts';
import type { NodeContext } from '../context.ts';
import { pages } from '../database/insertNew.ts';
import { nodeError } from '../errors.ts';
import type { Caller } from '../sessions.ts';
import { currentVersion, listedVersion } from '../versions.ts';

interface AtStore {
  store: string;
  pieces: number;
  stored: number;
  committedAt: number | null;
}

/** In which stores the pieces of a record of the caller's lie, by store. Throws `slots-not-yours`. Costs a look at each piece. */
export async function recordPieces(node: NodeContext, caller: Caller, params: Record<string, string>) {
  const { record = '', group = '' } = params;
  const held = node.ledger.get(recordKey(record, group as 'vitals' | 'document'));
  if (held?.patient !== caller.account) throw nodeError('slots-not-yours', { record });
  node.restoration.needCaughtUp([caller.account]);
  const { manifest, chunks } = listedVersion(await currentVersion(node, record, group, held.generation));
  const stores = new Map<string, AtStore>();
  for (const stripes of pages([...(await stripesOf(node, [manifest, ...chunks]))]))
    for (const piece of await placedPieces(node, stripes)) count(node, stores, piece);
  return { ...node.coding, stores: [...stores.values()].sort((a, b) => (a.store < b.store ? -1 : 1)) };
}

async function stripesOf({ database }: NodeContext, chunks: Uint8Array[]): Promise<Set<string>> {
  const stripes = new Set<string>();
  for (const page of pages(chunks)) {
    const rows = await database.selectFrom('extent').select('stripe').distinct().where('chunk', 'in', page).execute();
    for (const { stripe } of rows) stripes.add(stripe);
  }
  return stripes;
}

const placedPieces = ({ database }: NodeContext, stripes: string[]) =>
  database
    .selectFrom('shard')
    .leftJoin('tag', (join) => join.onRef('tag.cloud', '=', 'shard.store').onRef('tag.object', '=', 'shard.object'))
    .select(['shard.store', 'shard.state', 'tag.batch'])
    .where('shard.stripe', 'in', stripes)
    .execute();

function count(
  { ledger }: NodeContext,
  stores: Map<string, AtStore>,
  { store, state, batch }: { store: string; state: string; batch: number | null },
): void {
  const at = stores.get(store) ?? { store, pieces: 0, stored: 0, committedAt: 0 };
  stores.set(store, at);
  at.pieces++;
  if (state === 'stored') at.stored++;
  const committed = batch === null ? undefined : ledger.get(batchKey(store, batch))?.committedAt;
  at.committedAt = committed === undefined || at.committedAt === null ? null : Math.max(at.committedAt, committed);
}
