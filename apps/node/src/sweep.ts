import { forgetAccount } from './accounts.ts';
import type { NodeContext } from './context.ts';

const SWEPT = ['record', 'version', 'letter', 'row', 'delegation_box'] as const;

/**
 * Removes rows whose operation never reached the ledger: what a crash between the two left. Nothing of it was
 * acknowledged; a device that sends again brings them again.
 */
export async function sweep(node: Pick<NodeContext, 'ledger' | 'database'>): Promise<void> {
  for (const { account, operation } of await node.database.selectFrom('account').selectAll().execute())
    if (!node.ledger.operation(operation)) await forgetAccount(node, account);
  for (const table of SWEPT) {
    const operations = await node.database.selectFrom(table).select('operation').distinct().execute();
    const orphans = operations
      .filter(({ operation }) => !node.ledger.operation(operation))
      .map(({ operation }) => operation);
    for (const operation of orphans) await node.database.deleteFrom(table).where('operation', '=', operation).execute();
  }
}
