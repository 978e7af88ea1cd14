import type { NodeContext } from './context.ts';
import type { Metrics } from './metrics.ts';

/** Projects every new block and tells the devices it concerns. Returns how to stop, after the block under way. */
export function followLedger(node: NodeContext, metrics: Metrics): () => Promise<void> {
  const stop = node.ledger.subscribe((block) => {
    const { height, time } = block.header;
    const operations = block.operations.map(({ signed }) => signed.operation);
    for (const { type } of operations) metrics.countOperation(type);
    node.projection
      .add({ height, time, operations })
      .then(() => {
        for (const { signed, accounts } of block.operations) {
          node.news.tell(accounts, { kind: signed.operation.type, height, operation: signed.operation.id });
        }
      })
      // The database failing is found by the next request that needs it; the list is made again at the next start.
      .catch((thrown: unknown) => node.log.error({ err: thrown }, 'projection failed'));
  });
  return async () => {
    stop();
    await node.projection.settled().catch(() => {});
  };
}
