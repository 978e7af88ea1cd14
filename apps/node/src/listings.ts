import { LIMITS } from '@salus/api';
import { type Bytes, concat, u32, utf8 } from '@salus/base';
import { accountKey, eventsKey, requestKey, requestStatus } from '@salus/contracts';
import type { NodeContext } from './context.ts';
import { nodeError } from './errors.ts';
import type { NewsItem } from './news.ts';
import type { Caller } from './sessions.ts';

/** News as lines of JSON; an empty line at once, so that the listener knows it is heard. */
export async function* eventLines(node: NodeContext, caller: Caller, signal: AbortSignal): AsyncGenerator<Bytes> {
  yield utf8('\n');
  for await (const item of node.news.listen(caller.account, signal))
    yield utf8(`${JSON.stringify(item satisfies NewsItem)}\n`);
}

/** Operations of an account's chain. An account's own, or any for an operator: others have no business with it. Throws `account-unknown`. */
export function eventsOf(node: NodeContext, caller: Caller, account: string, from: number) {
  const role = node.ledger.get(accountKey(caller.account))?.role;
  const mayAsk = account === caller.account || role === 'operator';
  if (!mayAsk || !node.ledger.get(accountKey(account))) throw nodeError('account-unknown', { account });
  const events = node.ledger.events(account, from, LIMITS.page);
  return {
    total: node.ledger.get(eventsKey(account))?.count ?? 0,
    events: events.map(({ bytes, height, time }) => ({ operation: bytes, height, time })),
  };
}

/** Blocks with their lengths in front, for whoever verifies the whole ledger. */
export async function* framedBlocks(node: NodeContext, from: number): AsyncGenerator<Bytes> {
  for await (const block of node.ledger.blocks(from)) yield concat(u32(block.length), block);
}

/** Requests by whom they concern; an operator sees all. */
export async function requestsOf(node: NodeContext, caller: Caller, after = '') {
  const all = node.ledger.get(accountKey(caller.account))?.role === 'operator';
  let query = node.database
    .selectFrom('request')
    .selectAll()
    .where('request', '>', after)
    .orderBy('request')
    .limit(LIMITS.page);
  if (!all) query = query.where((e) => e.or([e('doctor', '=', caller.account), e('patient', '=', caller.account)]));
  const rows = await query.execute();
  const requests = [];
  for (const row of rows) {
    const held = node.ledger.get(requestKey(row.request));
    if (!held) continue;
    const { doctor, patient, purpose, commitment, groups, until, expiresAt } = held;
    const status = requestStatus(held, node.now());
    requests.push({
      request: row.request,
      doctor,
      patient,
      purpose,
      commitment,
      groups,
      until,
      status,
      expiresAt,
      madeAt: held.from,
    });
  }
  return { requests, next: rows.length === LIMITS.page ? rows.at(-1)!.request : null };
}

export async function assignmentsOf(node: NodeContext, caller: Caller) {
  const assignments = await node.database
    .selectFrom('assignment')
    .selectAll()
    .where((e) => e.or([e('doctor', '=', caller.account), e('patient', '=', caller.account)]))
    .execute();
  return { assignments };
}

export async function channelsOf(node: NodeContext, caller: Caller, after: number) {
  const channels = await node.database
    .selectFrom('channel')
    .selectAll()
    .where('recipient', '=', caller.account)
    .where('number', '>', after)
    .orderBy('number')
    .limit(LIMITS.page)
    .execute();
  return { channels };
}
