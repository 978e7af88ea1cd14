import type { ParsedBodyOf, Routes } from '@salus/api';
import { equal, isSalusError } from '@salus/base';
import { type Operation, parseOperation } from '@salus/contracts';
import type { NodeContext } from './context.ts';
import { nodeError } from './errors.ts';
import { needsContent } from './letters.ts';
import type { Caller } from './sessions.ts';

/**
 * What somebody else than its signer may send again: it closes, asks, or writes down. What opens comes from the device of
 * whoever opened, or else a reader could bring a consent again and leave out that it was withdrawn.
 */
const FROM_ANYBODY: ReadonlySet<Operation['type']> = new Set([
  'account.reject',
  'account.suspend',
  'assignment.end',
  'request.make',
  'request.verify',
  'request.reject',
  'request.withdraw',
  'consent.revoke',
  'delegation.end',
  'read.open',
]);

/** Takes operations again that were acknowledged before the restore and are missing since, one after the other. Throws `not-restored`. */
export async function resend(node: NodeContext, caller: Caller, { operations }: ParsedBodyOf<Routes['resend']>) {
  if (!node.restoration.current) throw nodeError('not-restored');
  const outcomes: { operation: string; code: string | null; added: boolean }[] = [];
  for (const bytes of operations) {
    const { operation } = parseOperation(bytes);
    const held = node.ledger.operation(operation.id);
    const same = held !== undefined && equal(held.bytes, bytes);
    const code = same ? null : await outcomeOf(node, caller, bytes, operation);
    outcomes.push({ operation: operation.id, code, added: !held && code === null });
  }
  const missing = outcomes.filter(({ code }) => code !== null).length;
  node.log.info({ sent: outcomes.length, missing }, 'operations sent again after the restore');
  return { outcomes };
}

async function outcomeOf(
  node: NodeContext,
  caller: Caller,
  bytes: Uint8Array,
  operation: Operation,
): Promise<string | null> {
  try {
    if (operation.account !== caller.account && !FROM_ANYBODY.has(operation.type))
      throw nodeError('operation-not-yours');
    // Its slots, locks, entries or rows went with the database; the ledger must not name what nobody can open.
    if (needsContent(operation.type)) throw nodeError('content-missing');
    await node.ledger.submit(bytes);
    return null;
  } catch (thrown) {
    // Why it is not taken is an outcome; that the ledger is busy or stopped is not.
    if (!isSalusError(thrown) || ['ledger-busy', 'ledger-stopped'].includes(thrown.code)) throw thrown;
    return thrown.code;
  }
}

/** Takes the newest header that the caller's device has seen. Throws `not-restored`, `shown-refused`. */
export async function showNewest(node: NodeContext, caller: Caller, body: ParsedBodyOf<Routes['showNewest']>) {
  const waitingFor = await node.restoration.show(caller, body);
  node.log.info({ waiting: node.restoration.waiting }, 'an account has caught up after the restore');
  return { waitingFor };
}
