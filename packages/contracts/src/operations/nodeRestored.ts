import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need } from '../need.ts';

/**
 * An operator writes down that the ledger was put back to a backup: from the named height on it says something else than
 * it once said. It changes nothing, and everybody who reads the ledger sees it for ever.
 */
export const nodeRestored = contract({
  body: z.strictObject({
    restoration: field.id(),
    /** Newest block that the backup had. */
    height: field.uint(),
    backedUpAt: field.timeMs(),
    restoredAt: field.timeMs(),
  }),
  signer: { roles: ['operator'] },
  apply({ height, body }) {
    need(body.height < height, 'restoration-refused', { height: body.height });
    return { writes: [], concerns: [] };
  },
});
