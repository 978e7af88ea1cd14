import type { NodeContext } from './context.ts';

/** What the ledger knows and the database does not: only a backup brings it back. */
export interface Lost {
  /** Accounts without profile, number, keyring and letters: nobody signs in on a new device, no name is shown. */
  accounts: number;
  /** Records without slots, locks, versions and search entries: nobody opens them, their owners included. */
  records: number;
  /** Delegations without their rows and boxes: nothing is found or opened under them. */
  delegations: number;
}

/** What to do about it, for people: what came back by itself, what did not, and what brings it. */
export const LOST_FIX =
  'The ledger is whole; requests, assignments, public keys, lists of delegations and the places of all pieces were made again from ledger and stores. Profiles, patient numbers, keyrings, letters, slots, locks, search entries and delegations’ rows are nowhere but in a backup: stop the node and run `salus restore --from PLACE` into an empty home beside the stores.';

export const isLost = ({ accounts, records, delegations }: Lost): boolean => accounts + records + delegations > 0;

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
  if (isLost(lost)) node.log.error({ ...lost, fix: LOST_FIX }, 'the database lacks what only a backup brings back');
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
  const boxes = await database
    .selectFrom('delegation_box')
    .select((e) => e.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  // The operator of the genesis has no profile here.
  const registered = countOf(ledger, 'account/') - 1;
  return {
    accounts: Math.max(0, registered - Number(accounts.count)),
    records: Math.max(0, countOf(ledger, 'record/') - Number(records.count)),
    delegations: Math.max(0, countOf(ledger, 'delegation/') - Number(boxes.count)),
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
