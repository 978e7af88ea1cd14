import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fromHex, isSalusError } from '@salus/base';
import { platform } from '@salus/testkit';
import { describe, expect, it } from 'vitest';
import { checkShard } from '../src/shardObject.ts';
import { makeVectors } from './stripeVectors.ts';

const FILE = new URL('../../../spec/vectors/stripes.json', import.meta.url);
type Vectors = Awaited<ReturnType<typeof makeVectors>>;
const readVectors = async (): Promise<Vectors> => JSON.parse(await readFile(FILE, 'utf8'));

const { derive, openOnce: open } = platform;

describe('spec/vectors/stripes.json', () => {
  it('is what the code makes', async () => {
    await expect(`${JSON.stringify(await makeVectors(), null, 1)}\n`).toMatchFileSnapshot(FILE.pathname);
  });

  it('can be read from spec/stripes.md alone, without this package', async () => {
    const { stripe } = await readVectors();
    const [root, id] = [Buffer.from(stripe.storageRoot, 'hex'), Buffer.from(stripe.stripe, 'hex')];
    const bodies = stripe.shards.map((shard, index) => {
      const object = Buffer.from(shard.object, 'hex');
      expect([...object.subarray(4, 8)]).toEqual([1, 4, 6, index]);
      const directoryEnd = 80 + object.readUInt32BE(12);
      const directoryKey = derive(root, 'SALUS1/stripe/directory', id, Buffer.of(index));
      const directory = open(directoryKey, object.subarray(80, directoryEnd), object.subarray(0, 80));
      expect(directory.readUInt32BE(0)).toBe(2);
      expect(directory.subarray(4, 36)).toEqual(createHash('sha256').update(stripe.chunks[0]!).digest());
      return object.subarray(directoryEnd + 32);
    });
    const length = Buffer.from(stripe.shards[0]!.object, 'hex').readUInt32BE(8);
    const sealed = Buffer.concat(bodies.slice(0, 4)).subarray(0, length);
    const plain = open(derive(root, 'SALUS1/stripe/body', id), sealed, Buffer.concat([id, Buffer.of(4, 6)]));
    expect(plain.toString()).toBe(stripe.chunks.join(''));
  });

  it('holds objects that check out, and others that are refused', async () => {
    const { stripe, refused } = await readVectors();
    const root = fromHex(stripe.storageRoot);
    for (const { name, object } of stripe.shards) await checkShard(fromHex(object), name, root);
    expect(refused.length).toBeGreaterThan(10);
    for (const { what, name, object, code } of refused)
      await expect(checkShard(fromHex(object), name, root), what).rejects.toSatisfy((e) => isSalusError(e, code));
  });
});
