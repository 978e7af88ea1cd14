import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need } from '../need.ts';
import { auditedCloudsSchema, auditKey, SAMPLE_LIMIT } from '../state/audit.ts';
import { deviceKey } from '../state/device.ts';
import { needStorageKey, storedAt } from '../storage.ts';

/**
 * Begins an audit: names the clouds, and commits to a nonce. What is asked follows from the nonce and from the block that
 * this operation stands in, which whoever knows the nonce does not know yet.
 */
export const auditBegin = contract({
  body: z.strictObject({
    audit: field.id(),
    commitment: field.bytes(32),
    clouds: auditedCloudsSchema,
    sample: field.uint(SAMPLE_LIMIT),
  }),
  signer: { roles: ['operator'], kinds: ['device', 'node'] },
  apply({ state, account, device, height, body: { audit, commitment, clouds, sample } }) {
    const { version } = needStorageKey(state);
    need(!state.get(auditKey(audit)), 'audit-exists', { audit });
    need(sample > 0, 'sample-empty');
    for (const cloud of clouds) need(storedAt(state, cloud, version).blocks > 0, 'audit-cloud-empty', { cloud });
    const by = state.get(deviceKey(account, device))?.kind === 'node' ? 'node' : 'person';
    const begun = { account, device, by, version, begunAt: height, commitment, clouds, sample } as const;
    const open = { status: 'begun', nonce: new Uint8Array(0), judgedAt: 0 } as const;
    return {
      writes: [[auditKey(audit), { ...begun, ...open, proof: new Uint8Array(0), verdicts: [] }]],
      concerns: [],
    };
  },
});
