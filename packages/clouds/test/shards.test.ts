import { type Bytes, concat, hex, isSalusError } from '@salus/base';
import { leafHash, merkleRoot, sha256 } from '@salus/schemes/keyless';
import { seededRandom } from '@salus/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDirectory } from '../src/directory.ts';
import { reconstruct } from '../src/erasure.ts';
import { packStripes } from '../src/pack.ts';
import { headerLength, parseHeader } from '../src/shardHeader.ts';
import { BLOCK_BYTES, checkShard, shardName } from '../src/shardObject.ts';
import { codeStripe, openStripe, rebuildShards, stripeCapacity } from '../src/stripe.ts';
import { randomChunk } from './room.ts';

const random = seededRandom('shards');
const root = random(32);
const CODE = { k: 4, n: 6 };

async function stripeOf(...sizes: number[]) {
  const chunks = sizes.map((size) => randomChunk(random, size));
  const [packed] = [...packStripes(chunks, stripeCapacity(4))];
  const id = random(32);
  const shards = await codeStripe(root, CODE, id, packed!);
  return { chunks, packed: packed!, id, shards };
}

const holds = (bytes: Bytes, part: Bytes): boolean => Buffer.from(bytes).includes(Buffer.from(part));

const malformed = (thrown: unknown) => isSalusError(thrown, 'shard-malformed');

describe('shard objects', () => {
  it('are named by the RFC 6962 root over blocks of 31 × 2,048 bytes of the whole object', async () => {
    const { shards } = await stripeOf(300_000);
    for (const { name, object } of shards) {
      const leaves: Bytes[] = [];
      for (let at = 0; at < object.length; at += 63_488) leaves.push(leafHash(object.subarray(at, at + 63_488)));
      expect(leaves.length).toBe(2);
      expect(name).toBe(hex(merkleRoot(leaves)));
      expect(shardName(object)).toBe(name);
    }
    expect(new Set(shards.map(({ name }) => name)).size).toBe(6);
  });

  it('check out whole, wherever the header ends relative to the blocks', async () => {
    for (const sizes of [[1], [31_000], [4_000_000], Array(9).fill(1), Array(700).fill(40), Array(1024).fill(900)]) {
      const { shards, packed } = await stripeOf(...sizes);
      for (const { name, object, index } of shards) {
        const { header, entries } = await checkShard(object, name, root);
        expect(header.index).toBe(index);
        expect(entries).toEqual(packed.entries);
      }
    }
  });

  it('keep their name when rebuilt from any others', async () => {
    const { shards, packed, id } = await stripeOf(70_000, 5);
    const bodies = new Map<number, Bytes>();
    for (const { name, object, index } of shards) bodies.set(index, (await checkShard(object, name, root)).body);
    for (const lost of [
      [0, 1],
      [0, 5],
      [4, 5],
      [2, 3],
    ]) {
      const others = new Map([...bodies].filter(([index]) => !lost.includes(index)));
      const rebuilt = await rebuildShards(root, CODE, id, packed.entries, others, lost);
      expect(rebuilt).toEqual(lost.map((index) => shards[index]));
    }
  });

  it('give a typed error, and nothing else, for each byte of the header flipped and each length cut', async () => {
    const { shards } = await stripeOf(20);
    const { object, name } = shards[1]!;
    const length = headerLength(object);
    for (let at = 0; at < length; at++) {
      const altered = object.slice();
      altered[at]! ^= 1 << (at % 8);
      await expect(checkShard(altered, name, root)).rejects.toSatisfy(malformed);
      // Under the name of its own altered bytes, as a listing by a lying store would give it.
      await expect(checkShard(altered, shardName(altered), root)).rejects.toSatisfy(malformed);
    }
    for (let cut = 0; cut < object.length; cut++) {
      const short = object.slice(0, cut);
      await expect(checkShard(short, shardName(short), root)).rejects.toSatisfy(malformed);
    }
    const long = concat(object, Uint8Array.of(0));
    await expect(checkShard(long, shardName(long), root)).rejects.toSatisfy(malformed);
  });

  it('give a typed error for any bytes whatever', async () => {
    const { shards } = await stripeOf(20);
    const start = shards[0]!.object.slice(0, 16);
    const hostile = fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 400 }));
    await fc.assert(
      fc.asyncProperty(hostile, async ([begins, rest]) => {
        const bytes = begins ? concat(start, rest) : rest;
        await expect(checkShard(bytes, shardName(bytes), root)).rejects.toSatisfy(malformed);
      }),
    );
  });

  it('refuse a directory that claims 3 GB before anything is read', async () => {
    const { shards } = await stripeOf(20);
    const altered = shards[0]!.object.slice();
    new DataView(altered.buffer).setUint32(12, 3_000_000_000);
    expect(() => headerLength(altered)).toThrow(expect.objectContaining({ code: 'shard-malformed' }));
  });

  it('refuse a header before another shard’s body: the header is bound to its body', async () => {
    const [one, other] = [await stripeOf(5000), await stripeOf(5000)];
    const [a, b] = [one.shards[2]!.object, other.shards[2]!.object];
    const length = headerLength(a);
    const grafted = concat(a.subarray(0, length), b.subarray(length));
    await expect(checkShard(grafted, shardName(grafted), root)).rejects.toSatisfy(malformed);
  });
});

describe('the organisation’s layer', () => {
  it('keeps a reader with every chunk’s hash and all clouds, but without the storage root, from everything', async () => {
    const { shards, id, chunks } = await stripeOf(3000, 9000);
    const wrong = random(32);
    const bodies = new Map<number, Bytes>();
    for (const { object, name, index } of shards) {
      const header = parseHeader(object);
      expect(await openDirectory(wrong, header)).toBeUndefined();
      await expect(checkShard(object, name, wrong)).rejects.toSatisfy(malformed);
      bodies.set(index, object.subarray(headerLength(object)));
      for (const { hash, bytes } of chunks) {
        expect(holds(object, hash)).toBe(false);
        expect(holds(object, bytes.subarray(0, 16))).toBe(false);
      }
    }
    const sealedBytes = parseHeader(shards[0]!.object).sealedBytes;
    expect(await openStripe(wrong, CODE, id, sealedBytes, bodies)).toBeUndefined();
    // The erasure code alone hides nothing: without the layer, four clouds would hold the chunks in clear.
    const data = reconstruct(4, 6, bodies, [0, 1, 2, 3]);
    expect(holds(concat(...data), chunks[0]!.bytes.subarray(0, 16))).toBe(false);
    expect(sha256(concat(...(await openStripe(root, CODE, id, sealedBytes, bodies))!).subarray(0, 3000))).toEqual(
      chunks[0]!.hash,
    );
  });

  it('does not open a stripe under another id or code, or with any byte changed', async () => {
    const { shards, id } = await stripeOf(50);
    const checked = await Promise.all(shards.map(({ object, name }) => checkShard(object, name, root)));
    const sealedBytes = checked[0]!.header.sealedBytes;
    const bodies = new Map(checked.slice(0, 4).map(({ body }, index) => [index, body]));
    expect(await openStripe(root, CODE, id, sealedBytes, bodies)).toBeDefined();
    expect(await openStripe(root, CODE, random(32), sealedBytes, bodies)).toBeUndefined();
    expect(await openStripe(root, { k: 4, n: 7 }, id, sealedBytes, bodies)).toBeUndefined();
    for (let at = 0; at < sealedBytes; at++) {
      const width = bodies.get(0)!.length;
      const altered = new Map([...bodies].map(([index, body]) => [index, body.slice()]));
      altered.get(Math.floor(at / width))![at % width]! ^= 1;
      expect(await openStripe(root, CODE, id, sealedBytes, altered)).toBeUndefined();
    }
  });

  it('tells a cloud little of how many chunks a stripe holds', async () => {
    const lengths = await Promise.all(
      [1, 3, 8].map(async (count) => headerLength((await stripeOf(...Array(count).fill(10))).shards[0]!.object)),
    );
    expect(new Set(lengths).size).toBe(1);
  });
});

describe('packing', () => {
  it('loses nothing, overfills nothing and splits only where a stripe is full', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 1000 }), (lengths, capacity) => {
        const chunks = lengths.map((length, i) => ({
          hash: new Uint8Array(32).fill(i),
          bytes: new Uint8Array(length).fill(i),
        }));
        const stripes = [...packStripes(chunks, capacity)];
        const sums = stripes.map(({ parts }) => parts.reduce((sum, part) => sum + part.length, 0));
        expect(sums.every((sum, i) => (i < sums.length - 1 ? sum === capacity : sum > 0 && sum <= capacity))).toBe(
          true,
        );
        expect(concat(...stripes.flatMap(({ parts }) => parts))).toEqual(concat(...chunks.map(({ bytes }) => bytes)));
      }),
    );
  });

  it('starts a new stripe after 1,024 parts', () => {
    const chunks = Array.from({ length: 2050 }, () => ({ hash: new Uint8Array(32), bytes: Uint8Array.of(1) }));
    expect([...packStripes(chunks, 1e6)].map(({ entries }) => entries.length)).toEqual([1024, 1024, 2]);
  });

  it('cuts blocks of sectors that fit a scalar', () => {
    expect(BLOCK_BYTES % 31).toBe(0);
  });
});
