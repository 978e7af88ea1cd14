import { type Bytes, encodeCanonical, u32 } from '@salus/base';
import { auditSeed, blocksOf, nonceCommitment, type Operation, writePieces } from '@salus/contracts';
import { Tagger } from '@salus/schemes/gateway';
import {
  BLOCK_BYTES,
  CommitmentKey,
  combineParts,
  detection,
  freshScalar,
  initPairing,
  merkleRootOf,
  provePart,
  sha256,
  weightsOf,
} from '@salus/schemes/keyless';
import { seededRandom } from '@salus/testkit';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { askedOf, bitmapOf, type Challenge, judge, listBatch, placesIn, StorageHistory } from '../src/audit/index.ts';

const NONE = new Uint8Array(0);
const random = seededRandom('audit');

beforeAll(initPairing);

/** Batches of pieces of a megabyte, numbered from 1, committed one block after the other from height 1. */
const batchesOf = (pieces: number[], changes: Record<number, object> = {}) =>
  pieces.map((count, i) => {
    const list = Array.from({ length: count }, () => ({ root: random(32), sizeBytes: 1_048_576 }));
    const batch = { version: 1, operation: '0'.repeat(32), committedAt: i + 1, retiredAt: 0 };
    return listBatch(i + 1, { ...batch, ...changes[i + 1] }, writePieces(list));
  });

describe('what an audit asks', () => {
  it('is drawn from all batches in question, each block once: committed before it, not retired before, under its key', () => {
    const batches = batchesOf([1, 1, 1, 1], { 2: { retiredAt: 3 }, 3: { version: 2 } });
    const seed = sha256(u32(1));
    const asks = (height: number, version = 1) =>
      askedOf({ seed, sample: 1_300, at: { version, height } }, 'cloud', batches);
    const names = (height: number, version = 1) =>
      new Set(
        asks(height, version).blocks.map(
          ({ root }) => batches.find(({ list }) => list[0]!.root.join() === root.join())!.number,
        ),
      );
    expect(names(1)).toEqual(new Set());
    expect(names(2)).toEqual(new Set([1]));
    // Retired in the very block: still asked.
    expect(names(3)).toEqual(new Set([1, 2]));
    expect(names(4)).toEqual(new Set([1]));
    expect(names(9)).toEqual(new Set([1, 4]));
    expect(names(9, 2)).toEqual(new Set([3]));
    const { total, blocks } = asks(3);
    expect(total).toBe(2 * blocksOf(1_048_576));
    expect(blocks.map(({ root, index }) => `${root} ${index}`)).toHaveLength(
      new Set(blocks.map(({ root, index }) => `${root} ${index}`)).size,
    );
    expect(blocks.every(({ root, retired }) => retired === (root.join() === batches[1]!.list[0]!.root.join()))).toBe(
      true,
    );
  });

  it('meets a loss of one in a hundred with 99 %: with 198 of 200 fixed seeds and more', () => {
    // 3,400 blocks, of which every hundredth is lost.
    const batches = batchesOf([200]);
    const place = new Map(batches[0]!.list.map(({ root }, i) => [root.join(), i * blocksOf(1_048_576)]));
    let met = 0;
    for (let i = 0; i < 200; i++) {
      const { blocks } = askedOf(
        { seed: sha256(u32(i)), sample: 460, at: { version: 1, height: 9 } },
        'cloud',
        batches,
      );
      expect(blocks).toHaveLength(460);
      if (blocks.some(({ root, index }) => (place.get(root.join())! + index) % 100 === 0)) met++;
    }
    // Drawn without putting back, it is somewhat more than 1 − 0.99^460.
    expect(met).toBeGreaterThanOrEqual(198);
    expect(detection(460, 0.01)).toBeGreaterThan(0.99);
  });

  it('places left out are written as bits, and only so', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(99)), fc.integer({ min: 100, max: 130 }), (places, count) => {
        const bitmap = bitmapOf(places, count);
        expect([...placesIn(bitmap, count)!].sort((a, b) => a - b)).toEqual([...places].sort((a, b) => a - b));
        if (places.length === 0) return;
        expect(placesIn(bitmap.subarray(1), count)).toBeUndefined();
        expect(placesIn(new Uint8Array(bitmap.length), count)).toBeUndefined();
      }),
    );
    expect(placesIn(Uint8Array.of(0b00000001), 7)).toBeUndefined();
  });
});

describe('a history of storage', () => {
  const operation = (type: string, body: object, device = 'd') =>
    ({ v: 1, network: random(32), id: 'f'.repeat(32), account: 'a', device, type, body }) as unknown as Operation;

  it('draws an audit from the hash of the block it was begun in and the nonce that was shown later', () => {
    const history = new StorageHistory('City Hospital');
    const [nonce, audit] = [random(32), 'e'.repeat(32)];
    const secret = { sigma: freshScalar(random), alpha: freshScalar(random) };
    const { alphaKey, key } = new Tagger(secret).publicKey;
    const named = { certificate: key, registrar: key, alphaKey, commitmentKey: random(32), device: { id: 'd', key } };
    const [list] = batchesOf([3]);
    const hash = random(32);
    const block = (height: number, ...operations: Operation[]) =>
      history.add({ height, time: height, hash: height === 3 ? hash : random(32), operations });
    block(1, operation('storage.key', named));
    block(2, operation('storage.commit', { cloud: 'store-1', pieces: writePieces(list!.list) }));
    block(
      3,
      operation('audit.begin', { audit, commitment: nonceCommitment(audit, nonce), clouds: ['store-1'], sample: 20 }),
    );
    expect(history.challenge(audit)).toBeUndefined();
    block(4, operation('audit.reveal', { audit, nonce }));
    const challenge = history.challenge(audit)!;
    expect(challenge.seed).toEqual(auditSeed(hash, audit, nonce));
    expect(challenge.clouds).toMatchObject([{ cloud: 'store-1', total: 51 }]);
    expect(challenge.clouds[0]!.blocks).toHaveLength(20);
    expect(history.audits()).toMatchObject([{ audit, by: 'node', status: 'revealed', begunAt: 3 }]);
    expect(encodeCanonical(history.audits().length)).toHaveLength(1);
  });
});

describe('a judge', () => {
  /** Two clouds with an object of three blocks each, tagged; a proof of what is given. */
  async function stored() {
    const tagger = new Tagger({ sigma: freshScalar(random), alpha: freshScalar(random) });
    const commitment = new CommitmentKey(tagger.commitmentKey());
    const seed = random(32);
    const clouds = ['near', 'far'].map((cloud) => {
      const object = random(2 * BLOCK_BYTES + 500);
      const blocks = [0, 1, 2].map((i) => object.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES));
      const root = merkleRootOf(blocks);
      const tags = blocks.map((block, index) => tagger.tag({ root, index, cloud }, block));
      return { cloud, object, root, blocks, tags };
    });
    const challenge: Challenge = {
      ...{ seed, key: tagger.publicKey },
      clouds: clouds.map(({ cloud, root, object }) => ({
        ...{ cloud, total: 3 },
        blocks: [0, 1, 2].map((index) => ({ root, sizeBytes: object.length, index, retired: false })),
      })),
    };
    /** Covers all but those places of each cloud. */
    const answer = async (left: Record<string, number[]> = {}) => {
      const parts = [];
      for (const { cloud, blocks, tags } of clouds) {
        const weights = weightsOf(seed, cloud, 3);
        const held = [0, 1, 2].filter((i) => !left[cloud]?.includes(i));
        if (held.length === 0) continue;
        const challenged = held.map((i) => ({ block: blocks[i]!, tag: tags[i]!, weight: weights[i]! }));
        parts.push(await provePart(commitment, challenged, seed));
      }
      const missing = clouds.map(({ cloud }) => bitmapOf(left[cloud] ?? [], 3));
      return { proof: parts.length > 0 ? combineParts(parts) : NONE, missing };
    };
    const objects = new Map<string, Bytes | 'gone' | 'away'>(clouds.map(({ cloud, object }) => [cloud, object]));
    const findings = async (given: Awaited<ReturnType<typeof answer>>) =>
      (await judge(challenge, given, async (cloud) => objects.get(cloud)!)).map(({ finding }) => finding);
    return { challenge, answer, objects, findings };
  }

  it('finds held what is covered and given, and names each other case for what it is', async () => {
    const { answer, objects, findings } = await stored();
    expect(await findings(await answer())).toEqual(['held', 'held']);
    expect(await findings(await answer({ far: [1] }))).toEqual(['held', 'unproven']);
    expect(await findings(await answer({ near: [0, 1, 2], far: [0, 1, 2] }))).toEqual(['unproven', 'unproven']);
    const far = objects.get('far') as Bytes;
    for (const given of ['gone', far.subarray(1), far.map((byte, i) => (i === 40_000 ? byte ^ 1 : byte))] as const) {
      objects.set('far', given as Bytes);
      expect(await findings(await answer())).toEqual(['held', 'lost']);
    }
    objects.set('far', 'away');
    expect(await findings(await answer({ far: [0, 1, 2] }))).toEqual(['held', 'unreached']);
  });

  it('takes no proof that covers less, more, or nothing where something is claimed', async () => {
    const { answer, findings } = await stored();
    const [whole, part] = [await answer(), await answer({ far: [1] })];
    const unproven = ['unproven', 'unproven'];
    expect(await findings({ ...part, missing: whole.missing })).toEqual(unproven);
    expect(await findings({ ...whole, missing: part.missing })).toEqual(unproven);
    expect(await findings({ proof: NONE, missing: whole.missing })).toEqual(unproven);
    expect(await findings({ ...whole, missing: [NONE, Uint8Array.of(0)] })).toEqual(unproven);
    // A list that is cut says of the last cloud that nothing is left out.
    expect(await findings({ ...whole, missing: [] })).toEqual(['held', 'held']);
    expect(await findings({ ...part, missing: [NONE] })).toEqual(unproven);
  });

  it('asks no cloud for what the ledger says lies elsewhere by now; that proves nothing while the audit is under way', async () => {
    const { challenge, answer, objects } = await stored();
    objects.set('far', 'gone');
    for (const block of challenge.clouds[1]!.blocks) block.retired = true;
    const read = async (cloud: string) => objects.get(cloud)!;
    // A node that lost everything, kept the tagging key, and says so of all it is asked for, is not believed.
    const [, under] = await judge(challenge, await answer(), read);
    expect(under).toMatchObject({ fetched: 0, lost: 0, covered: true, finding: 'unproven' });
    const [, over] = await judge(challenge, await answer(), read, { over: true });
    expect(over).toMatchObject({ fetched: 0, lost: 0, finding: 'held' });
  });

  it('blames no cloud for what it was relieved of in the middle of an audit, and every one for what is gone or altered otherwise', async () => {
    const { challenge, answer, objects } = await stored();
    const read = async (cloud: string) => objects.get(cloud)!;
    const given = await answer();
    /** As the ledger is by the time that the object is asked for. */
    const findingWhere = async (retired: boolean) => {
      const clouds = challenge.clouds.map((asked) => ({
        ...asked,
        blocks: asked.blocks.map((block) => ({ ...block, retired: retired && asked.cloud === 'far' })),
      }));
      const [near, far] = await judge(challenge, given, read, { again: async () => ({ ...challenge, clouds }) });
      expect(near).toMatchObject({ finding: 'held' });
      return far!.finding;
    };
    const far = objects.get('far') as Bytes;
    objects.set('far', 'gone');
    expect(await findingWhere(true)).toBe('unproven');
    expect(await findingWhere(false)).toBe('lost');
    objects.set('far', far.subarray(1));
    expect(await findingWhere(true)).toBe('lost');
  });
});

describe('a prover that has the tagging key and tries many proofs', () => {
  it('finds one whose opened blocks it kept (reproduces); blocks of the auditor’s own dice it cannot choose', async () => {
    const tagger = new Tagger({ sigma: freshScalar(random), alpha: freshScalar(random) });
    const commitment = new CommitmentKey(tagger.commitmentKey());
    const [seed, cloud] = [random(32), 'cloud'];
    const weights = weightsOf(seed, cloud, 20);
    // Twenty objects of a block, of which four are lost: eight of them avoid those four in one case of ten.
    const objects = Array.from({ length: 20 }, () => random(500));
    const roots = objects.map((object) => merkleRootOf([object]));
    const isLost = (i: number) => i % 5 === 0;
    const challenge: Challenge = {
      ...{ seed, key: tagger.publicKey },
      clouds: [{ cloud, total: 20, blocks: roots.map((root) => ({ root, sizeBytes: 500, index: 0, retired: false })) }],
    };
    const read = async (_: string, { root }: { root: Bytes }) => {
      const i = roots.findIndex((one) => one.join() === root.join());
      return isLost(i) ? 'gone' : objects[i]!;
    };
    const challenged = objects.map((object, i) => {
      const block = isLost(i) ? random(500) : object;
      return { block, tag: tagger.tag({ root: roots[i]!, index: 0, cloud }, block), weight: weights[i]! };
    });
    const forged = async () => {
      const block = random(500);
      const tag = tagger.tag({ root: roots[0]!, index: 0, cloud }, block);
      return {
        proof: await provePart(commitment, [{ ...challenged[0]!, block, tag }, ...challenged.slice(1)], seed),
        missing: [NONE],
      };
    };
    let answer = await forged();
    const finding = async (dice?: string) =>
      (await judge(challenge, answer, read, dice === undefined ? {} : { random: seededRandom(dice) }))[0]!.finding;
    for (let tries = 0; tries < 150 && (await finding()) !== 'held'; tries++) answer = await forged();
    expect(await finding()).toBe('held');
    let seen = 0;
    for (let i = 0; i < 20; i++) if ((await finding(`dice ${i}`)) === 'lost') seen++;
    // Nine in ten are expected.
    expect(seen).toBeGreaterThan(12);
  }, 60_000);
});
