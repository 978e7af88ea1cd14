import { concat, u32 } from '@salus/base';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { certifiedSecret, issueCertificate, newRegistrar, requestCertificate, Tagger } from '../src/gateway/index.ts';
import {
  CommitmentKey,
  certifiedKey,
  combineParts,
  detection,
  freshScalar,
  initPairing,
  merkleRootOf,
  openedOf,
  POSSESSION_PROOF_BYTES,
  type PossessionKey,
  provePart,
  sampleOf,
  verifyPossession,
  weightsOf,
} from '../src/keyless/index.ts';
import { timesG1 } from '../src/keyless/pairing/bases.ts';
import {
  add,
  div,
  identityG1,
  mul,
  ORDER,
  readG1,
  readScalar,
  scalarFromBigInt,
  sub,
  writePoint,
  writeScalar,
} from '../src/keyless/pairing/curve.ts';
import { blockPoint } from '../src/keyless/possession/block.ts';
import { pointOf } from '../src/keyless/possession/challenge.ts';
import { BLOCK_BYTES, BlockCombiner, BlockEvaluator, SECTORS } from '../src/keyless/possession/sectors.ts';
import { bulk, seeded } from './world.ts';

beforeAll(initPairing);

/** A stored object: blocks of a shard, each with the tag made for it. */
interface Stored {
  cloud: string;
  root: Uint8Array;
  blocks: Uint8Array[];
  tags: Uint8Array[];
}

interface Room {
  rng: ReturnType<typeof seeded>;
  tagger: Tagger;
  secret: { sigma: Uint8Array; alpha: Uint8Array };
  commitment: CommitmentKey;
  store(cloud: string, blocks: Uint8Array[], root?: Uint8Array): Stored;
}

let commitmentOf: Map<string, CommitmentKey>;
beforeAll(() => {
  commitmentOf = new Map();
});

function room(seed: string): Room {
  const rng = seeded(seed);
  const secret = { sigma: freshScalar(rng), alpha: freshScalar(rng) };
  const tagger = new Tagger(secret);
  const commitment = commitmentOf.get(seed) ?? new CommitmentKey(tagger.commitmentKey());
  commitmentOf.set(seed, commitment);
  return {
    rng,
    tagger,
    secret,
    commitment,
    store: (cloud, blocks, root = merkleRootOf(blocks)) => ({
      cloud,
      root,
      blocks,
      tags: blocks.map((block, index) => tagger.tag({ root, index, cloud }, block)),
    }),
  };
}

const blocksOf = (seed: string, count: number, lastBytes = BLOCK_BYTES) =>
  Array.from({ length: count }, (_, i) => bulk(`${seed} ${i}`, i === count - 1 ? lastBytes : BLOCK_BYTES));

const challenged = (stored: readonly Stored[]) =>
  stored.map(({ cloud, root, blocks }) => ({ cloud, blocks: blocks.map((_, index) => ({ root, index })) }));

const partOf = ({ commitment }: Room, { cloud, blocks, tags }: Stored, seed: Uint8Array) => {
  const weights = weightsOf(seed, cloud, blocks.length);
  return provePart(
    commitment,
    blocks.map((block, i) => ({ block, tag: tags[i]!, weight: weights[i]! })),
    seed,
  );
};

async function audited(from: Room, stored: readonly Stored[], seed: Uint8Array): Promise<boolean> {
  const parts = await Promise.all(stored.map((one) => partOf(from, one, seed)));
  return verifyPossession(from.tagger.publicKey, seed, challenged(stored), combineParts(parts));
}

describe('the loops over sectors', () => {
  const bigOf = (block: Uint8Array, j: number) => {
    let value = 0n;
    for (let i = 30; i >= 0; i--) value = (value << 8n) | BigInt(block[31 * j + i] ?? 0);
    return value;
  };

  it('evaluate a block at a point as the definition says, at its extremes too', () => {
    const extremes = [new Uint8Array(BLOCK_BYTES).fill(0xff), new Uint8Array(BLOCK_BYTES), bulk('short', 100)];
    for (const x of [ORDER - 1n, 1n, 0x1234567890abcdefn, ORDER / 3n]) {
      const evaluator = new BlockEvaluator(scalarFromBigInt(x));
      for (const block of [...extremes, bulk('block', BLOCK_BYTES)]) {
        let expected = 0n;
        for (let j = SECTORS - 1; j >= 0; j--) expected = (expected * x + bigOf(block, j)) % ORDER;
        expect(evaluator.at(block).getStr(10)).toBe(expected.toString(10));
      }
    }
  });

  it('sum weighted blocks as the definition says, up to the most that are allowed', () => {
    const combiner = new BlockCombiner();
    const full = new Uint8Array(BLOCK_BYTES).fill(0xff);
    const most = (1n << 128n) - 1n;
    for (let i = 0; i < 1_300; i++) combiner.add(full, most);
    const expected = (1_300n * most * bigOf(full, 0)) % ORDER;
    const sums = combiner.sums();
    expect(sums).toHaveLength(SECTORS);
    expect(new Set(sums.map((sum) => sum.getStr(10)))).toEqual(new Set([expected.toString(10)]));
    expect(() => combiner.add(full, most)).toThrow(/as many blocks/);
  });

  it('agree with big numbers on random blocks and weights', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.bigInt(0n, (1n << 128n) - 1n)), { maxLength: 4 }), (given) => {
        const combiner = new BlockCombiner();
        const blocks = given.map(([seed]) => bulk(seed, BLOCK_BYTES));
        for (const [i, [, weight]] of given.entries()) combiner.add(blocks[i]!, weight);
        const sums = combiner.sums();
        for (const j of [0, 1, 511, SECTORS - 1]) {
          const expected = given.reduce((sum, [, weight], i) => sum + weight * bigOf(blocks[i]!, j), 0n) % ORDER;
          expect(sums[j]!.getStr(10)).toBe(expected.toString(10));
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('an implicit certificate', () => {
  it('gives everybody the key of a name, and its secret to who asked, not to the registrar', () => {
    const rng = seeded('certificate');
    const registrar = newRegistrar(rng);
    const asked = requestCertificate(rng);
    const issued = issueCertificate(registrar, 'City Hospital', asked.request, rng);
    const sigma = certifiedSecret(asked.secret, issued, 'City Hospital', registrar.key);
    const tagger = new Tagger({ sigma, alpha: freshScalar(rng) });
    expect(tagger.publicKey.key).toEqual(certifiedKey(issued.certificate, 'City Hospital', registrar.key));
    expect(writeScalar(readScalar(issued.reconstruction, 's'))).not.toEqual(sigma);
  });

  it('is of no use for another name, request or registrar', () => {
    const rng = seeded('another');
    const registrar = newRegistrar(rng);
    const [asked, other] = [requestCertificate(rng), requestCertificate(rng)];
    const issued = issueCertificate(registrar, 'City Hospital', asked.request, rng);
    const unsound = expect.objectContaining({ code: 'certificate-unsound' });
    expect(() => certifiedSecret(asked.secret, issued, 'Hill Hospital', registrar.key)).toThrow(unsound);
    expect(() => certifiedSecret(other.secret, issued, 'City Hospital', registrar.key)).toThrow(unsound);
    expect(() => certifiedSecret(asked.secret, issued, 'City Hospital', newRegistrar(rng).key)).toThrow(unsound);
  });
});

describe('an audit', () => {
  it('of honest clouds verifies from public data: 128 bytes, however many blocks and clouds', async () => {
    const from = room('honest');
    for (const counts of [[1], [3], [2, 3, 1]]) {
      const stored = counts.map((count, i) => from.store(`cloud-${i}`, blocksOf(`honest ${i}`, count, 700)));
      const seed = from.rng(32);
      const proof = combineParts(await Promise.all(stored.map((one) => partOf(from, one, seed))));
      expect(proof).toHaveLength(POSSESSION_PROOF_BYTES);
      expect(verifyPossession(from.tagger.publicKey, seed, challenged(stored), proof)).toBe(true);
    }
  });

  it('catches one altered, dropped or exchanged block, and a block of another place', async () => {
    const from = room('altered');
    const stored = from.store('cloud', blocksOf('altered', 3));
    const seed = from.rng(32);
    expect(await audited(from, [stored], seed)).toBe(true);
    const flip = Uint8Array.from(stored.blocks[1]!, (byte, i) => (i === 5 ? byte ^ 1 : byte));
    const [a, b, c] = stored.blocks as [Uint8Array, Uint8Array, Uint8Array];
    const dropped = new Uint8Array(BLOCK_BYTES);
    for (const blocks of [
      [a, flip, c],
      [a, dropped, c],
      [b, a, c],
      [a, a, c],
    ])
      expect(await audited(from, [{ ...stored, blocks }], seed)).toBe(false);
    const swapped = { ...stored, blocks: [b, a, c], tags: [stored.tags[1]!, stored.tags[0]!, stored.tags[2]!] };
    expect(await audited(from, [swapped], seed)).toBe(false);
    const elsewhere = from.store('other cloud', stored.blocks);
    expect(await audited(from, [{ ...stored, tags: elsewhere.tags }], seed)).toBe(false);
  });

  it('refuses any changed byte of a proof, the proof of another challenge, and keys of others', async () => {
    const from = room('flips');
    const stored = [from.store('cloud', blocksOf('flips', 2))];
    const seed = from.rng(32);
    const proof = await partOf(from, stored[0]!, seed);
    const check = (given: Uint8Array, key: PossessionKey = from.tagger.publicKey, by = seed) =>
      verifyPossession(key, by, challenged(stored), given);
    expect(check(proof)).toBe(true);
    for (let i = 0; i < proof.length; i += 7) {
      const changed = proof.slice();
      changed[i]! ^= 1 << (i % 8);
      expect(check(changed), `byte ${i}`).toBe(false);
    }
    expect(check(proof, from.tagger.publicKey, from.rng(32))).toBe(false);
    expect(check(proof, room('somebody else').tagger.publicKey)).toBe(false);
    for (const wrong of [new Uint8Array(0), proof.subarray(1), concat(proof, Uint8Array.of(0)), new Uint8Array(128)])
      expect(check(wrong)).toBe(false);
  });
});

describe('who stores hashes only', () => {
  it('has nothing to prove with: tags and names without the blocks do not verify', async () => {
    const from = room('hashes');
    const stored = from.store('cloud', blocksOf('hashes', 2));
    const seed = from.rng(32);
    const hashed = { ...stored, blocks: stored.blocks.map((block) => merkleRootOf([block])) };
    expect(await audited(from, [hashed], seed)).toBe(false);
  });
});

describe('a block id used twice', () => {
  it('lets a cloud forge a tag for contents that were never tagged (reproduces); content addressing gives none twice', async () => {
    const from = room('reuse');
    const [first, second] = [bulk('first', BLOCK_BYTES), bulk('second', BLOCK_BYTES)];
    const mutable = from.rng(32);
    const [old] = from.store('cloud', [first], mutable).tags;
    const [now] = from.store('cloud', [second], mutable).tags;
    // T + (T − T') is the tag of f + (f − f'), coefficient by coefficient.
    const [f, g] = [first, second].map((block) =>
      Array.from({ length: SECTORS }, (_, j) => block.subarray(31 * j, 31 * j + 31)),
    );
    const [T1, T2] = [readG1(old!, 'tag'), readG1(now!, 'tag')];
    const forgedTag = add(T1, sub(T1, T2));
    const forged = f!.map((sector, j) => 2n * numberOf(sector) - numberOf(g![j]!));
    const key = from.tagger.publicKey.key;
    const point = blockPoint(key, { root: mutable, index: 0, cloud: 'cloud' });
    const evaluated = forged.reduceRight((sum, coefficient) => {
      const reduced = ((coefficient % ORDER) + ORDER) % ORDER;
      return add(mul(sum, readScalar(from.secret.alpha, 'α')), scalarFromBigInt(reduced));
    }, scalarFromBigInt(0n));
    const honest = mul(add(point, timesG1(evaluated)), readScalar(from.secret.sigma, 'σ'));
    expect(writePoint(forgedTag)).toEqual(writePoint(honest));
    expect(from.store('cloud', [first]).root).not.toEqual(from.store('cloud', [second]).root);
  });
});

describe('a prover that holds α', () => {
  it('makes 128 bytes that verify with every block deleted (reproduces); the opened blocks are what it lacks', async () => {
    const from = room('alpha');
    const stored = from.store('cloud', blocksOf('alpha', 12));
    const seed = from.rng(32);
    const proof = proveWithout(from, stored, seed);
    expect(verifyPossession(from.tagger.publicKey, seed, challenged([stored]), proof)).toBe(true);
    const opened = openedOf(seed, 'cloud', proof, stored.blocks.length);
    expect(opened).toHaveLength(8);
    expect(new Set(opened).size).toBe(8);
    // They depend on the proof: another proof would have been asked for others.
    const other = await partOf(from, stored, seed);
    expect(openedOf(seed, 'cloud', other, stored.blocks.length)).not.toEqual(opened);
  });

  /** T from the stored tags; y freely chosen; ψ = (f(α) − y)/(α − z)·g1 from one number that was kept of each block. */
  function proveWithout({ secret }: Room, { cloud, blocks, tags }: Stored, seed: Uint8Array): Uint8Array {
    const alpha = readScalar(secret.alpha, 'α');
    const kept = blocks.map((block) => new BlockEvaluator(alpha).at(block));
    const weights = weightsOf(seed, cloud, blocks.length).map(scalarFromBigInt);
    const weighted = kept.map((value, i) => mul(value, weights[i]!)).reduce((a, b) => add(a, b));
    const y = scalarFromBigInt(7n);
    const z = pointOf(seed);
    const psi = timesG1(div(sub(weighted, y), sub(alpha, z)));
    const T = tags.map((tag, i) => mul(readG1(tag, 'tag'), weights[i]!)).reduce((a, b) => add(a, b), identityG1());
    return concat(writePoint(T), writeScalar(y), writePoint(psi));
  }
});

describe('re-signing, as in the literature (Panda)', () => {
  it('gives the cloud and a revoked member another member’s key (reproduces); here nobody re-signs', () => {
    const rng = seeded('panda');
    const [revoked, staying] = [readScalar(freshScalar(rng), 'x'), readScalar(freshScalar(rng), 'x')];
    const block = blockPoint(writePointOf(rng), { root: rng(32), index: 0, cloud: 'cloud' });
    const tagOfRevoked = mul(block, revoked);
    const resigningKey = div(staying, revoked);
    expect(writePoint(mul(tagOfRevoked, resigningKey))).toEqual(writePoint(mul(block, staying)));
    expect(writeScalar(mul(resigningKey, revoked))).toEqual(writeScalar(staying));
  });
});

describe('a sample', () => {
  it('has distinct positions in order, all where there are few, and is another for each seed and cloud', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.integer({ min: 0, max: 5_000 }),
        (seed, total) => {
          const sample = sampleOf(seed, 'cloud', total);
          expect(sample).toHaveLength(Math.min(total, 460));
          expect(new Set(sample).size).toBe(sample.length);
          expect([...sample].sort((a, b) => a - b)).toEqual(sample);
          for (const position of sample) expect(position).toBeLessThan(total);
        },
      ),
    );
    const seed = seeded('sample')(32);
    expect(sampleOf(seed, 'a', 10_000)).not.toEqual(sampleOf(seed, 'b', 10_000));
    expect(sampleOf(seed, 'a', 10_000)).not.toEqual(sampleOf(seeded('other')(32), 'a', 10_000));
  });

  it('takes every position about as often as any other', () => {
    const counts = new Array<number>(20).fill(0);
    for (let i = 0; i < 2_000; i++) for (const at of sampleOf(u32(i), 'cloud', 20, 5)) counts[at]!++;
    // 500 each; six standard deviations of a binomial (2,000, 1/4) are 116.
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(116);
  });

  it('of 460 blocks finds a loss of one in a hundred with 99 %', () => {
    expect(detection(460, 0.01)).toBeGreaterThan(0.99);
    expect(detection(77, 0.01)).toBeCloseTo(0.539, 2);
  });
});

const numberOf = (sector: Uint8Array): bigint => sector.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

const writePointOf = (rng: (n: number) => Uint8Array): Uint8Array => rng(96);
