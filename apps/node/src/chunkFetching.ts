import { LIMITS, type ParsedBodyOf, type Routes } from '@salus/api';
import { type Bytes, hex, u32 } from '@salus/base';
import { recordKey } from '@salus/contracts';
import type { NodeContext } from './context.ts';
import { nodeError } from './errors.ts';
import type { Caller } from './sessions.ts';

/**
 * Sealed chunks of a record: for its patient, or under a read that was committed at most half a day ago and that the
 * contracts would still accept. Frames of length and bytes, in the order asked.
 */
export async function fetchChunks(
  node: NodeContext,
  caller: Caller,
  asked: ParsedBodyOf<Routes['fetchChunks']>,
): Promise<AsyncIterable<Bytes>> {
  await needReadable(node, caller, asked);
  const known = await chunksOfRecord(node, asked.record, asked.group);
  for (const hash of asked.hashes) if (!known.has(hex(hash))) throw nodeError('chunk-unknown', { chunk: hex(hash) });
  return frames(node, asked.hashes);
}

async function* frames(node: NodeContext, hashes: readonly Bytes[]): AsyncGenerator<Bytes> {
  for await (const { parts } of node.clouds.getChunks(hashes)) {
    yield u32(parts.reduce((sum, part) => sum + part.length, 0));
    yield* parts;
  }
}

async function needReadable(
  node: NodeContext,
  caller: Caller,
  asked: { record: string; group: string; read?: string | undefined },
): Promise<void> {
  const held = node.ledger.get(recordKey(asked.record, asked.group as 'vitals' | 'document'));
  if (held) node.restoration.needCaughtUp([held.patient]);
  if (held && held.patient === caller.account && asked.read === undefined) return;
  const read = asked.read === undefined ? undefined : node.ledger.operation(asked.read);
  const operation = read?.signed.operation;
  if (!read || operation?.type !== 'read.open' || operation.account !== caller.account)
    throw nodeError('read-mismatch', { why: 'no committed read of yours is named' });
  const named = operation.body.reads.some(([record, group]) => record === asked.record && group === asked.group);
  if (!named) throw nodeError('read-mismatch', { why: 'the committed read names other records' });
  if (node.now() > read.time + LIMITS.fetchMs) throw nodeError('read-stale');
  await node.ledger.recheck(read.bytes);
}

async function chunksOfRecord(node: NodeContext, record: string, group: string): Promise<Set<string>> {
  const rows = await node.database
    .selectFrom('version')
    .select(['manifest', 'chunks'])
    .where('record', '=', record)
    .where('grp', '=', group)
    .execute();
  const known = new Set<string>();
  for (const { manifest, chunks } of rows) {
    known.add(hex(manifest));
    for (let at = 0; at < chunks.length; at += 32) known.add(hex(chunks.subarray(at, at + 32)));
  }
  return known;
}
