import type { NodeContext } from './context.ts';

/** State of stores and stripes, asking each store for a sign of life. */
export async function cloudStatus(node: NodeContext) {
  const status = await node.clouds.status({ probe: true });
  return { ...status, ...node.coding };
}

/** Repairs everything there is, a batch at a time, and sums up what was done. */
export async function repairAll(node: NodeContext, scan: boolean) {
  const sum = { checked: 0, damaged: 0, missing: 0, repaired: 0, failed: 0 };
  let after: string | undefined;
  do {
    const report = await node.clouds.repair({ scan, ...(after ? { after } : {}) });
    sum.checked += report.checked;
    sum.damaged += report.found.filter((fault) => fault.state === 'damaged').length;
    sum.missing += report.found.filter((fault) => fault.state === 'missing').length;
    sum.repaired += report.rebuilt.length;
    sum.failed += report.owed + report.unreadable.length;
    after = report.next;
  } while (after);
  return sum;
}
