import { assert, type Bytes, concat } from '@salus/base';
import { schemes } from '../../errors.ts';
import {
  add,
  type Fr,
  type G1,
  G1_BYTES,
  mul,
  mulMany,
  readG1,
  readScalar,
  SCALAR_BYTES,
  scalarFromBigInt,
  writePoint,
  writeScalar,
} from '../pairing/curve.ts';
import { pointOf } from './challenge.ts';
import { BlockCombiner } from './sectors.ts';

/** T 48 ‖ y 32 ‖ ψ 48: whatever the number of blocks and clouds. */
export type PossessionProof = Bytes;
export const POSSESSION_PROOF_BYTES = 2 * G1_BYTES + SCALAR_BYTES;

/** A block that the challenge asks for, with its tag and weight. */
export interface ChallengedBlock {
  block: Bytes;
  /** 48 bytes. */
  tag: Bytes;
  weight: bigint;
}

/** What a prover needs beside blocks and tags: α^j·g1 for j = 0 … S − 2, decoded once. Public. */
export class CommitmentKey {
  readonly points: readonly G1[];

  /** Throws `point-unsound`. About 0.4 s for 2,047 points: keep it. */
  constructor(powers: readonly Bytes[]) {
    this.points = powers.map((power) => readG1(power, 'commitment key'));
  }
}

/**
 * One cloud's part of a proof: T = Σ v_i T_i, f = Σ v_i f_i, y = f(z), ψ = commit((f − y)/(X − z)). Blocks come one after the
 * other, so memory does not grow with them. Throws `point-unsound` for a tag that is none. About 0.1 s for 460 blocks.
 */
export async function provePart(
  key: CommitmentKey,
  blocks: AsyncIterable<ChallengedBlock> | Iterable<ChallengedBlock>,
  seed: Bytes,
): Promise<PossessionProof> {
  const combiner = new BlockCombiner();
  const tags: G1[] = [];
  const weights: Fr[] = [];
  for await (const { block, tag, weight } of blocks) {
    combiner.add(block, weight);
    tags.push(readG1(tag, 'tag'));
    weights.push(scalarFromBigInt(weight));
  }
  const { quotient, value } = divided(combiner.sums(), pointOf(seed));
  return writeProof({ T: mulMany(tags, weights), y: value, psi: mulMany(key.points, quotient) });
}

/** (f − f(z)) / (X − z) and f(z), by Horner's rule. */
function divided(f: readonly Fr[], z: Fr): { quotient: Fr[]; value: Fr } {
  const quotient = new Array<Fr>(f.length - 1);
  let carry = f.at(-1)!;
  for (let j = f.length - 2; j >= 0; j--) {
    quotient[j] = carry;
    carry = add(f[j]!, mul(carry, z));
  }
  return { quotient, value: carry };
}

interface Parts {
  T: G1;
  y: Fr;
  psi: G1;
}

const writeProof = ({ T, y, psi }: Parts): PossessionProof => concat(writePoint(T), writeScalar(y), writePoint(psi));

/** Throws `proof-length`, `point-unsound`, `scalar-unsound`. */
export function readProof(proof: PossessionProof): Parts {
  if (proof.length !== POSSESSION_PROOF_BYTES) throw schemes('proof-length', { lengthBytes: proof.length });
  const [atY, atPsi] = [G1_BYTES, G1_BYTES + SCALAR_BYTES];
  return {
    T: readG1(proof.subarray(0, atY), 'T'),
    y: readScalar(proof.subarray(atY, atPsi), 'y'),
    psi: readG1(proof.subarray(atPsi), 'ψ'),
  };
}

/** Clouds' parts for one challenge, added up: still 128 bytes. Throws as `readProof`. */
export function combineParts(parts: readonly PossessionProof[]): PossessionProof {
  const [first, ...others] = parts.map(readProof);
  assert(first, 'at least one part');
  return writeProof(others.reduce((a, b) => ({ T: add(a.T, b.T), y: add(a.y, b.y), psi: add(a.psi, b.psi) }), first));
}
