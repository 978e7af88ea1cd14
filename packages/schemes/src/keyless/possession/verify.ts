import type { Bytes } from '@salus/base';
import { holds } from '../holds.ts';
import { timesG1 } from '../pairing/bases.ts';
import { add, mul, mulMany, pairingProductIs, readG2, scalarFromBigInt, sub } from '../pairing/curve.ts';
import { type BlockId, blockPoint } from './block.ts';
import { pointOf, weightsOf } from './challenge.ts';
import { type PossessionProof, readProof } from './proof.ts';

/** What the ledger holds of an organisation's possession keys. */
export interface PossessionKey {
  /** P = σ·g2, 96 bytes: from name, certificate and registrar (`certifiedKey`). */
  key: Bytes;
  /** P_α = ασ·g2, 96 bytes. */
  alphaKey: Bytes;
}

/** The challenged blocks of one cloud, in the order of its sample. */
export interface ChallengedCloud {
  cloud: string;
  blocks: readonly Omit<BlockId, 'cloud'>[];
  /** Places in that order which the prover said it cannot read: the proof leaves them out, and the other blocks keep their weights. */
  missing?: ReadonlySet<number>;
}

/**
 * Whether the 128 bytes show that all challenged blocks are held as they were tagged, from public data alone. It convinces
 * of a prover **who does not know α**: whoever does makes them without the data, so an audit also opens blocks
 * (`openedOf`). False for anything that does not hold; never throws. A hash onto the curve for each block (0.2 ms), one
 * multi-exponentiation, three Miller loops.
 */
export function verifyPossession(
  { key, alphaKey }: PossessionKey,
  seed: Bytes,
  clouds: readonly ChallengedCloud[],
  proof: PossessionProof,
): boolean {
  return holds(() => {
    const { T, y, psi } = readProof(proof);
    const P = readG2(key, 'P');
    const z = pointOf(seed);
    const covered = clouds.flatMap(({ cloud, blocks, missing }) => {
      const weights = weightsOf(seed, cloud, blocks.length);
      return blocks
        .map((block, i) => ({ id: { ...block, cloud }, weight: weights[i]! }))
        .filter((_, i) => !missing?.has(i));
    });
    const points = covered.map(({ id }) => blockPoint(key, id));
    const weights = covered.map(({ weight }) => scalarFromBigInt(weight));
    const expected = add(mulMany(points, weights), timesG1(y));
    return pairingProductIs(expected, P, psi, sub(readG2(alphaKey, 'P_α'), mul(P, z)), T);
  });
}
