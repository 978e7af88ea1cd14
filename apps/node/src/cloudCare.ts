import type { RepairReport } from '@salus/clouds';
import { NOTHING_STORED, type StoredAt } from '@salus/contracts';
import { detection } from '@salus/schemes/keyless';
import type { NodeContext } from './context.ts';
import { storedClouds } from './storage/storedClouds.ts';

/** State of stores and stripes, asking each store for a sign of life, and what the ledger says of storage checks and repairs. */
export async function cloudStatus(node: NodeContext) {
  const { stores, ...sums } = await node.clouds.status({ probe: true });
  const told = storedClouds(node);
  const { everyMs, blocks } = node.checks;
  return {
    stores: stores.map((store) => ({ ...store, ...toldOf(told.get(store.name)) })),
    ...sums,
    ...node.coding,
    checks: { everyMs, blocks, findsLossOf1Percent: detection(blocks, 0.01) },
  };
}

const toldOf = ({ blocks, checked, proven, repaired, repairedAt }: StoredAt = NOTHING_STORED) => ({
  ...{ blocks, repaired, repairedAt },
  checked: checked && { time: checked.time, finding: checked.finding },
  provenAt: proven?.time ?? null,
});

/** Repairs everything there is, a batch at a time, and sums up what was done. */
export async function repairAll(node: NodeContext, scan: boolean) {
  const sum = { checked: 0, damaged: 0, missing: 0, repaired: 0, failed: 0 };
  const rebuilt: RepairReport['rebuilt'] = [];
  let after: string | undefined;
  do {
    const report = await node.clouds.repair({ scan, ...(after ? { after } : {}) });
    sum.checked += report.checked;
    sum.damaged += report.found.filter((fault) => fault.state === 'damaged').length;
    sum.missing += report.found.filter((fault) => fault.state === 'missing').length;
    sum.repaired += report.rebuilt.length;
    rebuilt.push(...report.rebuilt);
    sum.failed += report.owed + report.unreadable.length;
    after = report.next;
  } while (after);
  await tellRepairs(node, rebuilt);
  return sum;
}

/** Writes on the ledger of which stores pieces were made again, where storage checks are set up. */
export async function tellRepairs(node: NodeContext, rebuilt: RepairReport['rebuilt']): Promise<void> {
  const made = new Map<string, number>();
  // What never arrived was no fault of the store's.
  for (const { from, was } of rebuilt) if (was !== 'owed') made.set(from, (made.get(from) ?? 0) + 1);
  if (made.size === 0) return;
  const repairs = [...made].map(([cloud, pieces]) => ({ cloud, pieces }));
  await node.storage.tell('repairs', () => node.storage.submit('storage.repaired', { repairs }));
}
