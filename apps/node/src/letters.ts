import { apiError, LIMITS, type ParsedBodyOf, type Routes } from '@salus/api';
import { deviceKey, isRejection, type Operation, parseOperation } from '@salus/contracts';
import type { NodeContext } from './context.ts';
import { nodeError } from './errors.ts';
import { needAnswerable } from './reads.ts';
import type { Caller } from './sessions.ts';
import { receiptOf } from './submission.ts';

// These come with sealed parts, to routes that check both together.
const ELSEWHERE: ReadonlySet<Operation['type']> = new Set([
  'account.register',
  'record.commit',
  'record.update',
  'record.generation',
  'delegation.make',
]);

/** Whether an operation of this type means something only together with rows that come with it. */
export const needsContent = (type: Operation['type']): boolean => ELSEWHERE.has(type);

/**
 * Submits operations with their letters. Letters go with the last operation, which commits to them; they are written
 * first and count once the ledger holds it.
 */
export async function submitAll(
  node: NodeContext,
  caller: Caller,
  { operations, letters }: ParsedBodyOf<Routes['submit']>,
) {
  const signed = operations.map((bytes) => parseOperation(bytes));
  const adding = letters.length === 0 && signed.every(({ operation }) => operation.type === 'device.add');
  if (node.ledger.get(deviceKey(caller.account, caller.device))?.kind === 'sign-in' && !adding)
    throw apiError('sign-in-only');
  for (const { operation } of signed) {
    if (operation.account !== caller.account) throw nodeError('operation-not-yours');
    if (needsContent(operation.type)) throw nodeError('operation-wrong-route', { type: operation.type });
    if (operation.type === 'read.open') needAnswerable(node, operation.body.reads);
  }
  const { id } = signed.at(-1)!.operation;
  if (letters.length > 0 && !node.ledger.operation(id)) await keepLetters(node, caller, id, letters);
  const outcomes = await Promise.allSettled(operations.map((operation) => node.ledger.submit(operation)));
  const last = outcomes.at(-1)!;
  // Where the ledger failed, its next start tells whether it holds the operation; then what is left over is swept.
  if (last.status === 'rejected' && isRejection(last.reason) && !node.ledger.operation(id))
    await node.database.deleteFrom('letter').where('operation', '=', id).execute();
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return { receipts: await Promise.all(signed.map(({ operation }) => receiptOf(node, operation.id))) };
}

type Letter = ParsedBodyOf<Routes['submit']>['letters'][number];

async function keepLetters(node: NodeContext, caller: Caller, operation: string, letters: Letter[]): Promise<void> {
  await node.database.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('letter').where('operation', '=', operation).execute();
    for (const { to, kind, sealed } of letters) {
      await transaction
        .insertInto('letter')
        .values({ recipient: to, sender: caller.account, kind, operation, sealed, time: node.now() })
        .execute();
    }
  });
}

export async function listLetters(node: NodeContext, caller: Caller, after: number) {
  const rows = await node.database
    .selectFrom('letter')
    .selectAll()
    .where('recipient', '=', caller.account)
    .where('number', '>', after)
    .orderBy('number')
    .limit(LIMITS.page)
    .execute();
  const held = rows.filter((row) => node.ledger.operation(row.operation));
  return {
    letters: held.map(({ number, sender, kind, operation, sealed, time }) => ({
      number,
      from: sender,
      kind,
      operation,
      sealed,
      time,
    })),
  };
}
