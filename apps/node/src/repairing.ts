import { machineClock } from './clock.ts';
import { repairAll, tellRepairs } from './cloudCare.ts';
import type { NodeContext } from './context.ts';
import { regularly } from './regularly.ts';
import { Scrubbing } from './scrubbing.ts';

/** How often what is known to be faulty is repaired, and in which time everything is read once. */
export interface RepairTimes {
  repairEveryMs: number;
  scanEveryMs: number;
}

/** Repairs what is known to be faulty and looks for what is not, a round at a time. Returns how to stop, after the round under way. */
export function repairRegularly(node: NodeContext, { repairEveryMs, scanEveryMs }: RepairTimes): () => Promise<void> {
  const scrubbing = new Scrubbing(node.clouds, scanEveryMs);
  let last = machineClock.now();
  const work = async () => {
    const report = await repairAll(node, false);
    if (report.repaired > 0 || report.failed > 0) node.log.info(report, 'repaired');
    const { stores, stripes } = await node.clouds.status();
    for (const { name, draining } of stores) if (draining) await drain(node, name);
    const now = machineClock.now();
    const scrubbed = await scrubbing.step(now - last, stripes);
    last = now;
    const { found, rebuilt } = scrubbed;
    if (found > 0) node.log.warn({ stripes: scrubbed.stripes, found, repaired: rebuilt.length }, 'found by reading');
    await tellRepairs(node, rebuilt);
  };
  return regularly(node.log, { name: 'repair', everyMs: repairEveryMs, work });
}

/** Goes on with emptying a store, whoever began it, until nothing more can be moved now. */
async function drain({ membership }: NodeContext, name: string): Promise<void> {
  for (let step = await membership.drainStep(name); step.moved > 0 && step.left > 0; )
    step = await membership.drainStep(name);
}
