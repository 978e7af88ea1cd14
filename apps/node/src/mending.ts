import type { NodeContext } from './context.ts';

/** What the ledger knows and the database does not: only a backup brings it back. */
export interface Lost {
  /** Accounts without profile and keyring. */
  accounts: number;
  /** Records without slots, locks, versions and search entries. */
  records: number;
}

type Mended = Pick<NodeContext, 'ledger' | 'database' | 'clouds' | 'placement' | 'log'>;

/**
 * After a database was lost: makes placement again from the stores, as requests, assignments and delegations were from the
 * blocks, and says what cannot be made again. Cost: a scan of the ledger's accounts and records; once, a header of each piece.
 */
export async function mendDatabase(node: Mended): Promise<Lost> {
  const { stripes } = await node.placement.totals();
  if (stripes === 0 && node.ledger.head().logSize > 0) {
    const report = await node.clouds.rebuildPlacement();
    if (report.objects > 0) node.log.warn(report, 'placement made again from the stores');
  }
  const lost = await lostFrom(node);
  if (lost.accounts + lost.records > 0)
    node.log.error(lost, 'the database lacks profiles, keyrings, slots, locks or search entries: restore a backup');
  return lost;
}

async function lostFrom({ ledger, database }: Mended): Promise<Lost> {
  const accounts = await database
    .selectFrom('account')
    .select((e) => e.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  const records = await database
    .selectFrom((e) => e.selectFrom('record').select(['record', 'grp']).distinct().as('one'))
    .select((e) => e.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  // The operator of the genesis has no profile here.
  const registered = countOf(ledger, 'account/') - 1;
  return {
    accounts: Math.max(0, registered - Number(accounts.count)),
    records: Math.max(0, countOf(ledger, 'record/') - Number(records.count)),
  };
}

const KEYS_PER_PAGE = 1_000;

function countOf(ledger: NodeContext['ledger'], prefix: string): number {
  for (let [count, after] = [0, '']; ; ) {
    const page = ledger.list(prefix, after, KEYS_PER_PAGE);
    count += page.length;
    if (page.length < KEYS_PER_PAGE) return count;
    after = page.at(-1)!.key;
  }
}
