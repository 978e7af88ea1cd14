import { field } from '@salus/base';
import { z } from 'zod';
import { needAudit } from '../audits.ts';
import { contract } from '../contract.ts';
import { need } from '../need.ts';
import { auditKey, proofSchema, verdictSchema } from '../state/audit.ts';
import { storedAtKey } from '../state/storage.ts';
import { storedAt } from '../storage.ts';

const CLOUDS_LIMIT = 32;

/** What an audit found, by who began it. Nobody need believe it: with the proof, everybody can judge again (spec/possession.md). */
export const auditResult = contract({
  body: z.strictObject({
    audit: field.id(),
    proof: proofSchema,
    verdicts: z.array(verdictSchema).min(1).max(CLOUDS_LIMIT),
  }),
  signer: { roles: ['operator'], kinds: ['device', 'node'] },
  apply({ state, account, device, time, body: { audit: id, proof, verdicts } }) {
    const audit = needAudit(state, id, { account, device }, 'revealed');
    const names = verdicts.map(({ cloud }) => cloud).join();
    need(names === audit.clouds.join(), 'verdicts-refused', { audit: id });
    return {
      writes: [
        [auditKey(id), { ...audit, status: 'judged', judgedAt: time, proof, verdicts }],
        ...verdicts.map(({ cloud, finding }) => {
          const before = storedAt(state, cloud, audit.version);
          const proven = finding === 'held' ? { height: audit.begunAt, time } : before.proven;
          return [storedAtKey(cloud), { ...before, checked: { audit: id, time, finding }, proven }] as const;
        }),
      ],
      concerns: [],
    };
  },
});
