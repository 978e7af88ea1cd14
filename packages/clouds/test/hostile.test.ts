import { type Bytes, concat, hex, utf8 } from '@salus/base';
import { deriveKey, sealOnce } from '@salus/schemes/keyless';
import { type HostileCase, hostileSuite, MemoryPlacement, MemoryStore, seededRandom } from '@salus/testkit';
import { describe, it } from 'vitest';
import { openDirectory } from '../src/directory.ts';
import { checkObjectName, openClouds } from '../src/index.ts';
import { fixedPart, parseHeader } from '../src/shardHeader.ts';
import { checkShard, shardName } from '../src/shardObject.ts';
import { codeStripe } from '../src/stripe.ts';
import { randomChunk, testRoom } from './room.ts';

const random = seededRandom('hostile');
const storageRoot = random(32);

/** A shard of one small chunk. */
async function shard(): Promise<Bytes> {
  const { hash, bytes } = randomChunk(random, 300);
  const entries = [{ chunk: hash, chunkBytes: bytes.length, chunkOffset: 0, lengthBytes: bytes.length }];
  const [first] = await codeStripe(storageRoot, { k: 4, n: 6 }, random(32), { entries, parts: [bytes] });
  return first!.object;
}

const cases: HostileCase[] = [
  {
    what: 'the reader of shard headers',
    usual: 100_000,
    make: async () => ({ samples: [await shard()], take: parseHeader }),
  },
  {
    what: 'the check of a whole shard under the name its bytes deserve',
    usual: 5_000,
    make: async () => ({
      samples: [await shard()],
      take: (bytes) => checkShard(bytes, shardName(bytes), storageRoot),
    }),
  },
  {
    what: 'the reader of a directory that the organisation sealed',
    usual: 5_000,
    make: async () => {
      const header = parseHeader(await shard());
      const key = deriveKey(storageRoot, 'SALUS1/stripe/directory', header.stripe, Uint8Array.of(header.index));
      const plain = concat(Uint8Array.of(0, 0, 0, 1), random(32), new Uint8Array(12).fill(1), new Uint8Array(7 * 44));
      const take = async (bytes: Bytes) =>
        openDirectory(storageRoot, {
          ...header,
          directory: await sealOnce(key, bytes, fixedPart(header, bytes.length + 48)),
        });
      return { samples: [plain], take };
    },
  },
  {
    what: 'the check of object names',
    usual: 100_000,
    make: () => ({
      samples: [utf8('ab/cd.e-f'), utf8('0123456789abcdef')],
      take: (bytes) => checkObjectName(Buffer.from(bytes).toString('latin1')) ?? true,
    }),
  },
  {
    what: 'a placement made again from what a store holds',
    usual: 500,
    make: async () => {
      const room = testRoom('hostile placement');
      await room.clock.until(room.clouds.putChunks([randomChunk(room.random, 500)]));
      const objects = room.stores.map(({ inner }) => [...inner.objects][0]!);
      const take = async (bytes: Bytes) => {
        const stores = objects.map(([name, object], i) => {
          const store = new MemoryStore();
          store.objects.set(name, object);
          if (i === 0) store.objects.set(hex(random(32)), bytes).set(name, bytes);
          return { name: `cloud-${i + 1}`, store };
        });
        const placement = new MemoryPlacement();
        const { refused, stripes } = await openClouds({ ...room.settings, stores, placement }).rebuildPlacement();
        if (stripes !== 1) throw new Error('the other five suffice');
        return refused === 0;
      };
      return { samples: [objects[0]![1]], take };
    },
  },
  {
    what: 'a read of a store that answers anything',
    usual: 500,
    make: async () => {
      const room = testRoom('hostile read');
      const chunk = randomChunk(room.random, 500);
      await room.clock.until(room.clouds.putChunks([chunk]));
      const [name, object] = [...room.stores[0]!.inner.objects][0]!;
      const take = async (bytes: Bytes) => {
        room.stores[0]!.inner.objects.set(name, bytes);
        let whole = true;
        for await (const { parts } of room.clouds.getChunks([chunk.hash]))
          whole &&= hex(concat(...parts)) === hex(chunk.bytes);
        if (!whole) throw new Error('other bytes were given out');
        return undefined;
      };
      return { samples: [object], take, parallel: 1 };
    },
  },
];

describe('what a cloud gives back', () => {
  for (const { claim, check, timeoutMs } of hostileSuite(cases, process.env.SALUS_HOSTILE)) it(claim, check, timeoutMs);
});
