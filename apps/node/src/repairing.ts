import { isSalusError } from '@salus/base';
import { repairAll, tellRepairs } from './cloudCare.ts';
import type { NodeContext } from './context.ts';
import { Scrubbing } from './scrubbing.ts';

/** How often what is known to be faulty is repaired, and in which time everything is read once. */
export interface RepairTimes {
  repairEveryMs: number;
  scanEveryMs: number;
}

/** Repairs what is known to be faulty and looks for what is not, a round at a time. Returns how to stop, after the round under way. */
export function repairRegularly(node: NodeContext, { repairEveryMs, scanEveryMs }: RepairTimes): () => Promise<void> {
  const scrubbing = new Scrubbing(node.clouds, scanEveryMs);
  let round = Promise.resolve();
  const timer = setInterval(() => {
    round = round.then(() => repairOnce(node, scrubbing, repairEveryMs));
  }, repairEveryMs).unref();
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

async function repairOnce(node: NodeContext, scrubbing: Scrubbing, passedMs: number): Promise<void> {
  try {
    const report = await repairAll(node, false);
    if (report.repaired > 0 || report.failed > 0) node.log.info(report, 'repaired');
    await drainAll(node);
    const { stripes, found, rebuilt } = await scrubbing.step(passedMs);
    if (found > 0) node.log.warn({ stripes, found, repaired: rebuilt.length }, 'found by reading');
    await tellRepairs(node, rebuilt);
  } catch (thrown) {
    // Stores that are away now are tried again in the next round.
    if (!isSalusError(thrown)) throw thrown;
    node.log.warn({ code: thrown.code }, 'repair postponed');
  }
}
