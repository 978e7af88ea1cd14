import type { ParsedBodyOf, Routes } from '@salus/api';
import { equal } from '@salus/base';
import { delegationKey, isRejection } from '@salus/contracts';
import { delegationCommitment, wrapRow } from '@salus/schemes/keyless';
import type { NodeContext } from './context.ts';
import { isTaken } from './database/open.ts';
import { nodeError } from './errors.ts';
import type { Caller } from './sessions.ts';
import { operationOf, submit } from './submission.ts';

/** Stores the sealed rows, wrapped once more, and the box for the delegate; then submits the operation that commits to them. */
export async function takeInDelegation(node: NodeContext, caller: Caller, upload: ParsedBodyOf<Routes['delegate']>) {
  const { operation } = operationOf(upload.operation, caller, 'delegation.make');
  const { delegation, commitment } = operation.body;
  if (!equal(delegationCommitment(upload.rows, upload.box), commitment))
    throw nodeError('rows-refused', { why: 'the operation commits to others' });
  const wrapped = await Promise.all(
    upload.rows.map(async ({ label, sealed }) => ({
      label,
      wrapped: await wrapRow(node.secrets.rows, sealed, node.random),
    })),
  );
  try {
    await node.database.transaction().execute(async (transaction) => {
      const held = await transaction
        .selectFrom('delegation_box')
        .select('operation')
        .where('delegation', '=', delegation)
        .executeTakeFirst();
      if (held?.operation === operation.id) return;
      await transaction
        .insertInto('delegation_box')
        .values({ delegation, operation: operation.id, box: upload.box })
        .execute();
      for (const row of wrapped)
        await transaction
          .insertInto('row')
          .values({ ...row, delegation, operation: operation.id })
          .execute();
    });
  } catch (thrown) {
    throw isTaken(thrown) ? nodeError('rows-refused', { why: 'a row or the delegation is there already' }) : thrown;
  }
  try {
    return { receipt: await submit(node, upload.operation, operation.id) };
  } catch (thrown) {
    if (isRejection(thrown) && !node.ledger.operation(operation.id)) await forget(node, operation.id);
    throw thrown;
  }
}

async function forget(node: NodeContext, operation: string): Promise<void> {
  await node.database.deleteFrom('row').where('operation', '=', operation).execute();
  await node.database.deleteFrom('delegation_box').where('operation', '=', operation).execute();
}

/** Delegations that I made, received, or that name me as a patient; the box only to whom it is for. */
export async function listDelegations(node: NodeContext, caller: Caller) {
  const mine = await node.database
    .selectFrom('delegation')
    .select('delegation')
    .where((e) => e.or([e('maker', '=', caller.account), e('recipient', '=', caller.account)]))
    .union(node.database.selectFrom('delegation_patient').select('delegation').where('patient', '=', caller.account))
    .execute();
  const delegations = [];
  for (const { delegation } of mine) {
    const held = node.ledger.get(delegationKey(delegation));
    if (!held) continue;
    const box =
      held.to === caller.account
        ? await node.database
            .selectFrom('delegation_box')
            .select('box')
            .where('delegation', '=', delegation)
            .executeTakeFirst()
        : undefined;
    const { from, to, patients, years, until, status } = held;
    delegations.push({ delegation, from, to, patients, years, until, status, ...box });
  }
  return { delegations };
}
