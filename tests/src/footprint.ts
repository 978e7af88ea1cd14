import { hex } from '@salus/base';
import type { NodeContext } from '@salus/node';

const COUNTED = ['account', 'keyring', 'letter', 'record', 'version', 'delegation_box', 'row', 'request'] as const;

/** What the ledger and the database hold of everything that counts: equal before and after means that nothing happened. */
export async function footprint({ ledger, database }: NodeContext) {
  const { height, stateRoot, logRoot, logSize } = ledger.head();
  const rows: Record<string, number> = {};
  for (const table of COUNTED) {
    const { count } = await database
      .selectFrom(table)
      .select((e) => e.fn.countAll().as('count'))
      .executeTakeFirstOrThrow();
    rows[table] = Number(count);
  }
  return { height, logSize, stateRoot: hex(stateRoot), logRoot: hex(logRoot), rows };
}
