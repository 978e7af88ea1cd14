import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openPieceReader } from '@salus/node';
import { runAudit, tagPieces, type VerifiedAudit, verifyAuditIn } from '@salus/sdk';
import { readLog } from '../readLog.ts';
import { must, type Step, type Story } from './story.ts';

/** An audit by the operator, and the same judged again from the ledger's file, as on another machine. */
async function auditTwice({ home, people }: Story) {
  const { read, close } = await openPieceReader(join(home, 'node', 'node.json'), home);
  try {
    await tagPieces(people.operator);
    const { audit, judged } = await runAudit(people.operator, { read });
    const log = readLog(join(home, 'node', 'ledger', 'blocks.log'));
    const random = (lengthBytes: number) => new Uint8Array(randomBytes(lengthBytes));
    const again: VerifiedAudit = await verifyAuditIn(log, { read, random, audit });
    must(again.outcome === 'confirmed', 'the audit is confirmed from the ledger alone');
    return { judged, whole: judged.every(({ sampled, total }) => sampled === total) };
  } finally {
    await close();
  }
}

export const storesChecked: Step = {
  name: 'stores-checked',
  async run(story) {
    const started = performance.now();
    const { judged } = await auditTwice(story);
    must(judged.length === 6, 'all six stores are checked');
    for (const { cloud, finding } of judged) must(finding === 'held', `${cloud} proves what it holds`);
    const blocks = judged.reduce((sum, { sampled }) => sum + sampled, 0);
    return { stores: judged.length, blocks, proofBytes: 128, ms: Math.round(performance.now() - started) };
  },
};

/** After every third object of the first and the fourth store was altered. */
export const damageNamed: Step = {
  name: 'damage-named',
  async run(story) {
    const { judged, whole } = await auditTwice(story);
    const lost = judged.filter(({ finding }) => finding === 'lost').map(({ cloud }) => cloud);
    // A sample may miss what was altered; a store that altered nothing is never named.
    if (whole) must(lost.join() === 'store-1,store-4', 'the stores that altered something are named');
    for (const { cloud, finding } of judged)
      must(finding === 'held' || ['store-1', 'store-4'].includes(cloud), `${cloud} is not blamed for others`);
    return { lost };
  },
};
