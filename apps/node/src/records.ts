import { LIMITS, type ParsedBodyOf, type Routes, unframeChunks } from '@salus/api';
import type { Bytes } from '@salus/base';
import { recordKey } from '@salus/contracts';
import type { NodeContext } from './context.ts';
import { nodeError } from './errors.ts';
import type { Caller } from './sessions.ts';
import { currentVersion, listedVersion } from './versions.ts';

export async function missingChunks(node: NodeContext, { hashes }: ParsedBodyOf<Routes['missingChunks']>) {
  return { missing: await node.clouds.missing(hashes) };
}

/** Stores sealed chunks. Throws `encoding-malformed`, and `chunk-hash` before anything is written. */
export async function putChunks(node: NodeContext, body: Bytes) {
  const { placed, degraded } = await node.clouds.putChunks(unframeChunks(body));
  return { stored: placed, degraded };
}

/** A patient's own records, a page at a time, each in its newest version. Older generations stay behind. */
export async function ownRecords(node: NodeContext, caller: Caller, { after }: ParsedBodyOf<Routes['ownRecords']>) {
  node.restoration.needCaughtUp([caller.account]);
  const rows = await node.database
    .selectFrom('record')
    .selectAll()
    .where('patient', '=', caller.account)
    .where('number', '>', after)
    .orderBy('number')
    .limit(LIMITS.page)
    .execute();
  const records = [];
  for (const row of rows) {
    const held = node.ledger.get(recordKey(row.record, row.grp as 'vitals' | 'document'));
    if (held?.generation !== row.generation || !node.ledger.operation(row.operation)) continue;
    records.push(await ownRecord(node, row, held.generationTime));
  }
  const upTo = rows.at(-1)?.number ?? after;
  return { records, next: rows.length === LIMITS.page ? upTo : null, upTo };
}

interface RecordRow {
  record: string;
  grp: string;
  generation: number;
  author: string;
  owner_box: Uint8Array;
}

async function ownRecord(node: NodeContext, row: RecordRow, time: number) {
  const version = listedVersion(await currentVersion(node, row.record, row.grp, row.generation));
  return {
    record: row.record,
    group: row.grp,
    generation: row.generation,
    author: row.author,
    time,
    ownerBox: row.owner_box,
    version,
  };
}

/** Replaces owner's boxes of the caller's own records; those of others are left as they are and not counted. */
export async function putOwnerBoxes(
  node: NodeContext,
  caller: Caller,
  { boxes }: ParsedBodyOf<Routes['putOwnerBoxes']>,
) {
  let replaced = 0;
  await node.database.transaction().execute(async (transaction) => {
    for (const { record, group, generation, ownerBox } of boxes) {
      const { numUpdatedRows } = await transaction
        .updateTable('record')
        .set({ owner_box: ownerBox })
        .where('record', '=', record)
        .where('grp', '=', group)
        .where('generation', '=', generation)
        .where('patient', '=', caller.account)
        .executeTakeFirst();
      replaced += Number(numUpdatedRows);
    }
  });
  return { replaced };
}

/** What the node holds of a record, as it is stored. */
export async function storedForm(node: NodeContext, caller: Caller, params: Record<string, string>) {
  const { record = '', group = '' } = params;
  const held = node.ledger.get(recordKey(record, group as 'vitals' | 'document'));
  if (held?.patient !== caller.account) throw nodeError('slots-not-yours', { record });
  node.restoration.needCaughtUp([caller.account]);
  const row = await node.database
    .selectFrom('record')
    .selectAll()
    .where('record', '=', record)
    .where('grp', '=', group)
    .where('generation', '=', held.generation)
    .executeTakeFirstOrThrow();
  const listed = await ownRecord(node, row, held.generationTime);
  const slots = await node.database
    .selectFrom('slot')
    .selectAll()
    .where('record', '=', record)
    .where('grp', '=', group)
    .execute();
  return {
    record: listed,
    slots: slots.map((slot) => ({
      slot: slot.slot,
      recipient: slot.recipient,
      kind: slot.kind,
      value: slot.value,
      keysVersion: slot.keys_version,
      ...(slot.e ? { E: slot.e } : {}),
    })),
    pieces: await piecesOf(node, [listed.version.manifest, ...listed.version.chunks]),
  };
}

async function piecesOf(node: NodeContext, chunks: Uint8Array[]) {
  const rows = await node.database
    .selectFrom('shard')
    .selectAll()
    .where(
      'stripe',
      'in',
      node.database.selectFrom('extent').select('stripe').where('chunk', 'in', chunks.slice(0, PIECES_CHUNKS)),
    )
    .orderBy('stripe')
    .orderBy('idx')
    .limit(LIMITS.page)
    .execute();
  return rows.map((row) => ({
    stripe: row.stripe,
    store: row.store,
    object: row.object ?? '',
    index: row.idx,
    sizeBytes: row.size_bytes,
  }));
}

// Pieces of a large file's beginning show the form as well as all of them.
const PIECES_CHUNKS = 50;
