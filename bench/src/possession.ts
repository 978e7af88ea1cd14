import type { Bytes, Random } from '@salus/base';
import { Tagger } from '@salus/schemes/gateway';
import {
  type ChallengedCloud,
  CommitmentKey,
  combineParts,
  freshScalar,
  inclusionPath,
  initPairing,
  leafHash,
  merkleRoot,
  provePart,
  readerOver,
  SAMPLED_BLOCKS,
  sha256,
  systemRandom,
  verifyInclusion,
  verifyPossession,
  weightsOf,
} from '@salus/schemes/keyless';
import type { Report } from './runner/figure.ts';
import { median, timesMs } from './runner/measure.ts';

const BLOCK_BYTES = 31 * 2048;
/** Blocks of a shard object of 1 MiB. */
const OBJECT_BLOCKS = 17;
const TAGGED_BLOCKS = 400;
const RUNS = 5;
const MEGABYTE = 1_000_000;

interface Sampled {
  root: Bytes;
  index: number;
  block: Bytes;
  tag: Bytes;
  path: Bytes[];
}

/** Tags, and an audit of 460 blocks a cloud, beside reading the same blocks whole and beside their Merkle paths. */
export async function run(report: Report): Promise<void> {
  await initPairing();
  const random = systemRandom;
  const tagger = new Tagger({ sigma: freshScalar(random), alpha: freshScalar(random) });
  await tagging(report, tagger, random);
  const key = new CommitmentKey(tagger.commitmentKey());
  const clouds = Array.from({ length: 6 }, (_, i) => ({ cloud: `cloud ${i}`, blocks: sampleOf(tagger, i, random) }));
  for (const count of [1, 6]) {
    const audited = clouds.slice(0, count);
    await ours(report, tagger, key, audited, random(32));
    await theirs(report, audited);
  }
}

async function tagging(report: Report, tagger: Tagger, random: Random): Promise<void> {
  const [root, block] = [random(32), random(BLOCK_BYTES)];
  const times = await timesMs(TAGGED_BLOCKS, (index) => tagger.tag({ root, index, cloud: 'cloud' }, block));
  report({ who: 'salus', metric: 'tag_mb_s', value: BLOCK_BYTES / MEGABYTE / (median(times) / 1_000) });
}

/** Blocks of objects as they lie in a cloud, each object's last blocks left out of the sample. */
function sampleOf(tagger: Tagger, cloud: number, random: Random): Sampled[] {
  const sampled: Sampled[] = [];
  while (sampled.length < SAMPLED_BLOCKS) {
    const blocks = Array.from({ length: OBJECT_BLOCKS }, () => random(BLOCK_BYTES));
    const leaves = blocks.map(leafHash);
    const root = merkleRoot(leaves);
    for (const index of [0, OBJECT_BLOCKS >> 1]) {
      const block = blocks[index]!;
      const tag = tagger.tag({ root, index, cloud: `cloud ${cloud}` }, block);
      sampled.push({ root, index, block, tag, path: inclusionPath(readerOver(leaves), index, OBJECT_BLOCKS) });
    }
  }
  return sampled;
}

type Audited = { cloud: string; blocks: Sampled[] }[];

async function ours(report: Report, tagger: Tagger, key: CommitmentKey, clouds: Audited, seed: Bytes): Promise<void> {
  const who = 'salus';
  const size = { clouds: clouds.length };
  let proof: Bytes = new Uint8Array(0);
  const prove = async () => {
    const parts = [];
    for (const { cloud, blocks } of clouds) {
      const weights = weightsOf(seed, cloud, blocks.length);
      parts.push(
        await provePart(
          key,
          blocks.map(({ block, tag }, i) => ({ block, tag, weight: weights[i]! })),
          seed,
        ),
      );
    }
    proof = combineParts(parts);
  };
  report({ who, metric: 'prove_ms', value: median(await timesMs(RUNS, prove)), ...size });
  const challenged: ChallengedCloud[] = clouds.map(({ cloud, blocks }) => ({
    cloud,
    blocks: blocks.map(({ root, index }) => ({ root, index })),
  }));
  const verify = () => {
    if (!verifyPossession(tagger.publicKey, seed, challenged, proof)) throw new Error('an honest proof is refused');
  };
  report({ who, metric: 'verify_ms', value: median(await timesMs(RUNS, verify)), ...size });
  report({ who, metric: 'proof_bytes', value: proof.length, ...size });
}

/** What an auditor does otherwise: fetches the blocks and hashes them, with a list of hashes, or with the path of each. */
async function theirs(report: Report, clouds: Audited): Promise<void> {
  const size = { clouds: clouds.length };
  const all = clouds.flatMap(({ blocks }) => blocks);
  const hashes = all.map(({ block }) => sha256(block));
  const hash = () => {
    for (const [i, { block }] of all.entries())
      if (Buffer.compare(sha256(block), hashes[i]!) !== 0) throw new Error('a block has another hash');
  };
  const bytes = all.length * BLOCK_BYTES;
  report({ who: 'download and hash', metric: 'verify_ms', value: median(await timesMs(RUNS, hash)), ...size });
  report({ who: 'download and hash', metric: 'proof_bytes', value: bytes, ...size });
  const follow = () => {
    for (const { block, index, path, root } of all)
      if (!verifyInclusion(leafHash(block), index, OBJECT_BLOCKS, path, root))
        throw new Error('a path leads elsewhere');
  };
  const pathBytes = all.reduce((sum, { path }) => sum + 32 * path.length, 0);
  report({ who: 'merkle paths', metric: 'verify_ms', value: median(await timesMs(RUNS, follow)), ...size });
  report({ who: 'merkle paths', metric: 'proof_bytes', value: bytes + pathBytes, ...size });
}
