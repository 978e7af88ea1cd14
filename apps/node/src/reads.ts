import { LIMITS, type ParsedBodyOf, type Routes, toWire } from '@salus/api';
import { type Bytes, concat, encodeCanonical, equal, hex, isSalusError, u32 } from '@salus/base';
import { delegationKey, recordKey, relationKey } from '@salus/contracts';
import {
  type CheckedRekey,
  checkRekey,
  contextOf,
  lockLabel,
  oneTimeKeyHash,
  openRow,
  type Share,
  serve,
  slotCommitment,
} from '@salus/schemes/keyless';
import type { Selectable } from 'kysely';
import type { NodeContext } from './context.ts';
import type { Tables } from './database/tables.ts';
import { nodeError } from './errors.ts';
import { type Refresh, refreshOf } from './refresh.ts';
import type { Caller } from './sessions.ts';
import { storedRow } from './storedRow.ts';
import { operationOf, receiptOf } from './submission.ts';
import { currentVersion, listedVersion } from './versions.ts';

type Opening = ParsedBodyOf<Routes['openRecords']>;
type SlotRow = Selectable<Tables['slot']>;
type Read = readonly [record: string, group: 'vitals' | 'document', generation: number, slot: Bytes, grant: string];

/**
 * Answers a committed read. The ledger decides first and again at its newest height; then the keeper gives the locks, and
 * the proxy serves one record after the other, each refreshed once, so that the reader opens while the next is served.
 */
export async function* openRecords(node: NodeContext, caller: Caller, opening: Opening): AsyncGenerator<Bytes> {
  const { operation } = operationOf(opening.operation, caller, 'read.open');
  checkRevealed(operation.body, opening);
  needAnswerable(node, operation.body.reads);
  if (!node.ledger.operation(operation.id)) await node.ledger.submit(opening.operation);
  const receipt = await receiptOf(node, operation.id);
  if (node.now() > receipt.time + LIMITS.answerMs) throw nodeError('read-stale');
  await node.ledger.recheck(opening.operation);
  const reads = operation.body.reads as readonly Read[];
  const slots = await slotsOf(node, opening);
  const rows: OpenedRows = new Map();
  const prepared: Prepared[] = [];
  for (const [i, read] of reads.entries()) {
    const revealed = opening.reads[i]!;
    prepared.push(await prepareOne(node, caller, operation.id, read, revealed, slots.get(revealed.slot), rows));
  }
  const box = await node.keeper.answer(
    operation.id,
    opening.key,
    prepared.map(({ lock }) => lock),
  );
  const proven = await proofsOf(node, reads);
  yield frame({ head: { receipt, locks: [{ keeper: node.keeper.id, box }], ...proven } });
  try {
    yield* deliver(node, prepared, opening.contentBytes);
  } catch (thrown) {
    // The stream has begun; what is left of it says why it ends.
    if (!isSalusError(thrown)) throw thrown;
    yield frame({ error: toWire(thrown) });
  }
}

/** Throws `restored-waiting` where a restored node has not caught up with a patient whose record is asked for. */
export function needAnswerable(node: NodeContext, reads: readonly Read[]): void {
  const patients = reads.map(([record, group]) => node.ledger.get(recordKey(record, group))?.patient ?? '');
  node.restoration.needCaughtUp(new Set(patients));
}

const frame = (content: unknown): Bytes => {
  const bytes = encodeCanonical(content);
  return concat(u32(bytes.length), bytes);
};

/** Serves each record with its manifest, and with its body where that is small; all pieces come from the clouds in one pass. */
async function* deliver(node: NodeContext, prepared: readonly Prepared[], contentBytes: number): AsyncGenerator<Bytes> {
  const inline = await inlined(node, prepared, contentBytes);
  const hashes = prepared.flatMap(({ version }, i) => [version.manifest, ...(inline[i] ? version.chunks : [])]);
  const pieces = node.clouds.getChunks(hashes)[Symbol.asyncIterator]();
  const next = async () => concat(...(await pieces.next()).value!.parts);
  for (const [i, { name, secret, author, keysVersion, version, stored, refresh }] of prepared.entries()) {
    const manifest = await next();
    const chunks: Bytes[] = [];
    if (inline[i]) for (const _ of version.chunks) chunks.push(await next());
    const value = serve({ ...stored, c1: secret.c1 }, refresh);
    const { c1, com } = secret;
    yield frame({
      delivered: {
        ...name,
        ...value,
        c1,
        com,
        author,
        keysVersion,
        version,
        manifest,
        chunks: inline[i] ? chunks : null,
      },
    });
  }
}

/** Which bodies go along: those whose sealed chunks are no larger than the reader asked for. */
async function inlined(node: NodeContext, prepared: readonly Prepared[], contentBytes: number): Promise<boolean[]> {
  const candidates = prepared.map(({ version }) => contentBytes > 0 && version.chunks.length <= INLINE_CHUNKS);
  const asked = prepared.flatMap(({ version }, i) => (candidates[i] ? version.chunks : []));
  const sizes = await node.placement.chunkSizes(asked);
  return prepared.map(
    ({ version }, i) =>
      candidates[i]! && version.chunks.reduce((sum, chunk) => sum + (sizes.get(hex(chunk)) ?? 0), 0) <= contentBytes,
  );
}

// A body of more chunks is larger than a request may ask for.
const INLINE_CHUNKS = 32;

async function proofsOf(node: NodeContext, reads: readonly Read[]) {
  const keys = [...new Set(reads.map(([record, group]) => recordKey(record, group)))];
  const { header, entries } = await node.ledger.prove(keys);
  return { header, proofs: entries.map(({ key, value, proof }) => ({ key, value: value!, proof })) };
}

function checkRevealed(committed: { key: Bytes; reads: readonly unknown[] }, opening: Opening): void {
  if (!equal(oneTimeKeyHash(opening.key), committed.key))
    throw nodeError('read-mismatch', { why: 'the one-time key is another' });
  if (committed.reads.length !== opening.reads.length)
    throw nodeError('read-mismatch', { why: 'the number of reads differs' });
  for (const [i, revealed] of opening.reads.entries()) {
    const [, , , commitment] = committed.reads[i] as Read;
    if (!equal(slotCommitment(revealed.slot, revealed.salt), commitment))
      throw nodeError('read-mismatch', { why: 'a slot is another' });
  }
}

async function slotsOf(node: NodeContext, opening: Opening): Promise<Map<string, SlotRow>> {
  const ids = [...new Set(opening.reads.map((read) => read.slot))];
  const rows = await node.database.selectFrom('slot').selectAll().where('slot', 'in', ids).execute();
  return new Map(rows.map((row) => [row.slot, row]));
}

/** One record of a read, ready to be served. */
interface Prepared {
  name: { record: string; group: string; generation: number };
  author: string;
  keysVersion: number;
  secret: { c1: Bytes; com: Bytes };
  version: ReturnType<typeof listedVersion>;
  stored: { value: Bytes; rekey?: CheckedRekey; directE?: Bytes; recipientB: Bytes };
  refresh: Refresh;
  lock: { slot: string; label: Bytes; point: Share };
}

/** The slot must be the reader's own, or, under a delegation, the delegator's topic slot. */
async function prepareOne(
  node: NodeContext,
  caller: Caller,
  operation: string,
  read: Read,
  revealed: Opening['reads'][number],
  slot: SlotRow | undefined,
  rows: OpenedRows,
): Promise<Prepared> {
  const [record, group, generation, , grant] = read;
  const held = node.ledger.get(recordKey(record, group));
  const route = routeOf(node, caller, held?.patient ?? '', grant);
  const fits = slot && slot.record === record && slot.grp === group && slot.generation === generation;
  const delegated = route.delegation !== undefined;
  if (!held || !fits || slot.recipient !== route.recipient || (slot.kind === 'topic') !== delegated) {
    throw nodeError('slot-refused', { slot: revealed.slot });
  }
  const rekey = route.delegation ? await rekeyOf(node, route.delegation, revealed.rowKey, rows) : undefined;
  const keysVersion = rekey?.keysVersion ?? slot.keys_version;
  const refresh = refreshOf(node, operation, slot.slot, rekey?.row);
  const name = { record, group, generation };
  return {
    name,
    author: held.author,
    keysVersion,
    secret: await generationOf(node, record, group, generation),
    version: listedVersion(await currentVersion(node, record, group, generation)),
    stored: {
      value: slot.value,
      recipientB: await keyOf(node, caller.account, keysVersion),
      ...(rekey ? { rekey: rekey.rekey } : {}),
      ...(slot.e ? { directE: slot.e } : {}),
    },
    refresh,
    lock: {
      slot: slot.slot,
      label: lockLabel(contextOf({ ...name, author: held.author }), slot.slot, slot.recipient),
      point: refresh.point,
    },
  };
}

/** Whose slot a grant opens: the reader's own, or the one of who delegated. */
function routeOf(
  node: NodeContext,
  caller: Caller,
  patient: string,
  grant: string,
): { recipient: string; delegation?: string } {
  if (grant === '' || node.ledger.get(relationKey(patient, caller.account))?.grant?.id === grant)
    return { recipient: caller.account };
  return { recipient: node.ledger.get(delegationKey(grant))?.from ?? '', delegation: grant };
}

/** Rows opened for one answer, by delegation and row key: many records of it share one. Forgotten with the answer. */
type OpenedRows = Map<string, Promise<OpenedRow>>;

interface OpenedRow {
  rekey: CheckedRekey;
  keysVersion: number;
  row: Bytes;
}

/** The re-encryption key behind a row key; opened in memory, once for an answer. */
function rekeyOf(
  node: NodeContext,
  delegation: string,
  rowKey: Bytes | undefined,
  rows: OpenedRows,
): Promise<OpenedRow> {
  if (!rowKey) throw nodeError('read-mismatch', { why: 'a delegated read needs its row key' });
  const name = `${delegation} ${hex(rowKey)}`;
  const opened = rows.get(name) ?? openOneRow(node, delegation, rowKey);
  rows.set(name, opened);
  return opened;
}

async function openOneRow(node: NodeContext, delegation: string, rowKey: Bytes): Promise<OpenedRow> {
  const row = await storedRow(node, delegation, rowKey);
  const opened = row && (await openRow(node.secrets.rows, rowKey, row.wrapped));
  const made = await node.database
    .selectFrom('delegation')
    .select('keys_version')
    .where('delegation', '=', delegation)
    .executeTakeFirst();
  if (!row || !opened || !made)
    throw nodeError('read-mismatch', { why: 'the row key belongs to no row of this delegation' });
  return { rekey: checkRekey(opened), keysVersion: made.keys_version, row: row.label };
}

/** B of an account at a version of its keys. */
async function keyOf(node: NodeContext, account: string, version: number): Promise<Bytes> {
  const row = await node.database
    .selectFrom('account_keys')
    .select('B')
    .where('account', '=', account)
    .where('version', '=', version)
    .executeTakeFirst();
  if (!row) throw nodeError('account-unknown', { account });
  return row.B;
}

/** c1 and com of a generation, from the operation that opened it. */
async function generationOf(
  node: NodeContext,
  record: string,
  group: string,
  generation: number,
): Promise<{ c1: Bytes; com: Bytes }> {
  const rows = await node.database
    .selectFrom('record')
    .select('operation')
    .where('record', '=', record)
    .where('grp', '=', group)
    .where('generation', '=', generation)
    .execute();
  for (const { operation } of rows) {
    const held = node.ledger.operation(operation);
    if (held?.signed.operation.type === 'record.commit' || held?.signed.operation.type === 'record.generation')
      return held.signed.operation.body;
  }
  throw nodeError('envelope-mismatch', { why: 'the generation is not stored here' });
}
