import { type Bytes, u64 } from '@salus/base';
import { hkdf, wideDigest } from '../hash.ts';
import { type Fr, hashToScalar } from '../pairing/curve.ts';
import { tag } from '../suite.ts';

/** Blocks of each cloud that an audit looks at: finds a loss of 1 % with 99 % (1 − 0.99^460). */
export const SAMPLED_BLOCKS = 460;
/** Challenged blocks of each audit that the auditor fetches itself, with read-only credentials. */
export const OPENED_BLOCKS = 8;

/** What an audit asks of a cloud: positions among its current blocks, in ascending order, each once. */
export type Sample = number[];

/** Chance that an audit of so many blocks touches a loss of that share of them. */
export const detection = (sampled: number, lostShare: number): number => 1 - (1 - lostShare) ** sampled;

/**
 * The positions that a seed names among `total` blocks of a cloud: `count` distinct ones, or all where there are no more.
 * Uniform: drawn from 64 bits modulo what is left (bias below 2^-24 for 2^40 blocks), by Floyd's method (Bentley, Floyd 1987).
 */
export function sampleOf(seed: Bytes, cloud: string, total: number, count = SAMPLED_BLOCKS): Sample {
  if (total <= count) return Array.from({ length: total }, (_, i) => i);
  const chosen = new Set<number>();
  for (let j = total - count; j < total; j++) {
    const drawn = drawBelow(seed, cloud, j);
    chosen.add(chosen.has(drawn) ? j : drawn);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** A number from 0 to `limit`, both included, at the draw named by the limit. */
function drawBelow(seed: Bytes, cloud: string, limit: number): number {
  const wide = wideDigest(tag('possession/sample'), seed, cloud, u64(limit));
  return Number(new DataView(wide.buffer, wide.byteOffset).getBigUint64(0) % BigInt(limit + 1));
}

/** Weights v_i of a cloud's sampled blocks, 128 bits each: a lie passes with 2^-128. */
export function weightsOf(seed: Bytes, cloud: string, count: number): bigint[] {
  const weights: bigint[] = [];
  for (let at = 0; at < count; at += WEIGHTS_PER_DRAW) {
    const drawn = hkdf(
      seed,
      new Uint8Array(0),
      wideDigest(tag('possession/weights'), cloud, u64(at)),
      16 * WEIGHTS_PER_DRAW,
    );
    const view = new DataView(drawn.buffer, drawn.byteOffset);
    for (let i = 0; i < Math.min(WEIGHTS_PER_DRAW, count - at); i++)
      weights.push((view.getBigUint64(16 * i) << 64n) | view.getBigUint64(16 * i + 8));
  }
  return weights;
}
const WEIGHTS_PER_DRAW = 256;

/** The point z at which the combined polynomial is opened: one for all clouds of an audit, so that their proofs add up. */
export const pointOf = (seed: Bytes): Fr => hashToScalar('possession/point', seed);

/**
 * Which of the sampled blocks are opened, chosen after the proof is fixed: positions in the sample. Whoever holds α can make
 * the 128 bytes without the data; these it cannot make.
 */
export const openedOf = (seed: Bytes, cloud: string, proof: Bytes, sampled: number): number[] =>
  sampleOf(wideDigest(tag('possession/opened'), seed, proof), cloud, sampled, OPENED_BLOCKS);
