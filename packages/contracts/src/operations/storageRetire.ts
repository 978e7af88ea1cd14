import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { need } from '../need.ts';
import { batchKey, cloudNameSchema, storedAtKey } from '../state/storage.ts';
import { needStorageNode, storedAt } from '../storage.ts';

/** The node says that a cloud need no longer hold a batch: some of its pieces went elsewhere. The others it commits again, with the tags they have. */
export const storageRetire = contract({
  body: z.strictObject({ cloud: cloudNameSchema, batch: field.uint() }),
  signer: { roles: ['operator'], kinds: ['node'] },
  apply({ state, account, device, height, body: { cloud, batch: number } }) {
    const { version } = needStorageNode(state, account, device);
    const batch = state.get(batchKey(cloud, number));
    need(batch && batch.retiredAt === 0, 'batch-unknown', { cloud, batch: number });
    const before = storedAt(state, cloud, version);
    const counted = batch.version === version ? batch : { pieces: 0, blocks: 0 };
    const sums = { pieces: before.pieces - counted.pieces, blocks: before.blocks - counted.blocks };
    return {
      writes: [
        [storedAtKey(cloud), { ...before, ...sums }],
        [batchKey(cloud, number), { ...batch, retiredAt: height }],
      ],
      concerns: [],
    };
  },
});
