import { isSalusError } from '@salus/base';
import { repairAll } from './cloudCare.ts';
import type { NodeContext } from './context.ts';

/** Repairs what is known to be faulty, so often, one round at a time. Returns how to stop, after the round under way. */
export function repairRegularly(node: NodeContext, everyMs: number): () => Promise<void> {
  let round = Promise.resolve();
  const timer = setInterval(() => {
    round = round.then(() => repairOnce(node));
  }, everyMs).unref();
  return async () => {
    clearInterval(timer);
    await round;
  };
}

/** Goes on with emptying stores, whoever began it, until nothing more can be moved now. */
async function drainAll(node: NodeContext): Promise<void> {
  const { stores } = await node.clouds.status();
  for (const { name } of stores.filter(({ draining }) => draining))
    for (let step = await node.membership.drainStep(name); step.moved > 0 && step.left > 0; )
      step = await node.membership.drainStep(name);
}

async function repairOnce(node: NodeContext): Promise<void> {
  try {
    const report = await repairAll(node, false);
    if (report.repaired > 0 || report.failed > 0) node.log.info(report, 'repaired');
    await drainAll(node);
  } catch (thrown) {
    // Stores that are away now are tried again in the next round.
    if (!isSalusError(thrown)) throw thrown;
    node.log.warn({ code: thrown.code }, 'repair postponed');
  }
}
