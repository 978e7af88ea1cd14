import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need } from '../need.ts';
import { BATCH_LIMIT_BYTES, blocksOf, readPieces } from '../pieces.ts';
import { batchKey, cloudNameSchema, storedAtKey } from '../state/storage.ts';
import { needStorageNode, storedAt } from '../storage.ts';

/** The node says which pieces lie in a cloud and are tagged: from then on audits ask for them. */
export const storageCommit = contract({
  body: z.strictObject({ cloud: cloudNameSchema, pieces: field.bytesUpTo(BATCH_LIMIT_BYTES) }),
  signer: { roles: ['operator'], kinds: ['node'] },
  apply({ state, account, device, operation, height, body: { cloud, pieces: bytes } }) {
    const { version } = needStorageNode(state, account, device);
    const pieces = readPieces(bytes);
    need(pieces, 'pieces-malformed');
    const blocks = pieces.reduce((sum, { sizeBytes }) => sum + blocksOf(sizeBytes), 0);
    const before = storedAt(state, cloud, version);
    const sums = { pieces: before.pieces + pieces.length, blocks: before.blocks + blocks };
    const batch = { version, operation, pieces: pieces.length, blocks, committedAt: height, retiredAt: 0 };
    return {
      writes: [
        [storedAtKey(cloud), { ...before, ...sums, next: before.next + 1 }],
        [batchKey(cloud, before.next), batch],
      ],
      concerns: [],
    };
  },
});
