import { LIMITS, type ParsedBodyOf, type Routes } from '@salus/api';
import { type Bytes, hex } from '@salus/base';
import { accountKey, delegationKey } from '@salus/contracts';
import { entryLabel, openRow } from '@salus/schemes/keyless';
import type { NodeContext } from './context.ts';
import type { Caller } from './sessions.ts';
import { storedRow } from './storedRow.ts';

interface Match {
  counter: number;
  label: Bytes;
  value: Bytes;
}

/** Bytes of a sealed entry; padding entries are random bytes of the same length. */
const PADDING_VALUE_BYTES = 336;

/** Entries of each chain, padded to a power of two. Work: one look-up per 64 labels. */
export async function search(node: NodeContext, asked: ParsedBodyOf<Routes['search']>) {
  let left: number = LIMITS.entriesPerSearch;
  const chains: { matches: Match[]; more: boolean }[] = [];
  for (const chain of asked.chains) {
    const walked = left > 0 ? await walk(node, chain.labelKey, chain.from, left) : { matches: [], more: true };
    left -= walked.matches.length;
    chains.push({ matches: padded(node, walked.matches), more: walked.more });
  }
  return { chains };
}

/** Reads a chain until so many numbers in a row are missing, or the limit is reached. */
async function walk(
  node: NodeContext,
  labelKey: Bytes,
  from: number,
  limit: number,
): Promise<{ matches: Match[]; more: boolean }> {
  const matches: Match[] = [];
  for (let start = from; ; start += LIMITS.labelGap) {
    const labels = Array.from({ length: LIMITS.labelGap }, (_, i) => entryLabel(labelKey, start + i));
    const rows = await node.database.selectFrom('entry').selectAll().where('label', 'in', labels).execute();
    if (rows.length === 0) return { matches, more: false };
    const counters = new Map(labels.map((label, i) => [hex(label), start + i]));
    const found = rows.map((row) => ({ counter: counters.get(hex(row.label))!, label: row.label, value: row.value }));
    matches.push(...found.sort((a, b) => a.counter - b.counter));
    if (matches.length >= limit) return { matches, more: true };
  }
}

/** Counts are hidden up to a power of two; nothing stays nothing. */
function padded<Entry extends Match>(node: NodeContext, matches: Entry[]): Entry[] {
  if (matches.length === 0) return matches;
  const length = matches[0]?.value.length ?? PADDING_VALUE_BYTES;
  const wanted = 2 ** Math.ceil(Math.log2(matches.length));
  while (matches.length < wanted) {
    matches.push({ ...matches[0]!, label: node.random(32), value: node.random(length) });
  }
  return matches;
}

/**
 * Entries under the rows of a delegation. Unknown, expired, ended, another's and empty answer alike: nothing. A row is
 * opened in memory and forgotten.
 */
export async function searchDelegated(
  node: NodeContext,
  caller: Caller,
  asked: ParsedBodyOf<Routes['searchDelegated']>,
) {
  const delegation = node.ledger.get(delegationKey(asked.delegation));
  const maker = delegation && node.ledger.get(accountKey(delegation.from));
  const inForce =
    delegation?.to === caller.account &&
    delegation.status === 'active' &&
    node.now() < delegation.until &&
    maker?.status === 'active';
  const matches: (Match & { channel: string; epoch: string })[] = [];
  for (const rowKey of asked.rowKeys) {
    const row = await storedRow(node, asked.delegation, rowKey);
    const opened = row && inForce ? await openRow(node.secrets.rows, rowKey, row.wrapped) : undefined;
    for (const { channel, epoch, labelKey } of opened?.labelKeys ?? []) {
      const { matches: found } = await walk(node, labelKey, 0, LIMITS.entriesPerSearch);
      matches.push(...found.map((match) => ({ ...match, channel, epoch })));
      if (matches.length >= LIMITS.entriesPerSearch) break;
    }
  }
  return { matches: padded(node, matches).map(({ counter: _, ...match }) => match) };
}
