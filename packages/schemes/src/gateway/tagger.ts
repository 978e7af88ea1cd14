import type { Bytes } from '@salus/base';
import { timesG1, timesG2 } from '../keyless/pairing/bases.ts';
import { add, type Fr, mul, readScalar, timesSecret, writePoint } from '../keyless/pairing/curve.ts';
import { type BlockId, blockPoint } from '../keyless/possession/block.ts';
import { BlockEvaluator, SECTORS } from '../keyless/possession/sectors.ts';
import type { PossessionKey } from '../keyless/possession/verify.ts';

/** What the tagging process keeps from everybody, the prover first. */
export interface TaggingSecret {
  /** σ, 32 bytes. */
  sigma: Bytes;
  /** α, 32 bytes. */
  alpha: Bytes;
}

/**
 * Makes tags: T = σ·(Ht(id) + f(α)·g1), once for each block. Whoever holds this can answer audits without the data, so it
 * runs in a process of its own, which keeps no data.
 */
export class Tagger {
  readonly #sigma: Fr;
  readonly #alpha: Fr;
  readonly #evaluator: BlockEvaluator;
  readonly publicKey: PossessionKey;

  /** Throws `scalar-unsound`. */
  constructor({ sigma, alpha }: TaggingSecret) {
    this.#sigma = readScalar(sigma, 'σ');
    this.#alpha = readScalar(alpha, 'α');
    this.#evaluator = new BlockEvaluator(this.#alpha);
    this.publicKey = {
      key: writePoint(timesG2(this.#sigma)),
      alphaKey: writePoint(timesG2(mul(this.#sigma, this.#alpha))),
    };
  }

  /** The tag of a block, 48 bytes. About 0.6 ms. */
  tag(id: BlockId, block: Bytes): Bytes {
    const value = mul(this.#sigma, this.#evaluator.at(block));
    return writePoint(add(timesSecret(blockPoint(this.publicKey.key, id), this.#sigma), timesG1(value)));
  }

  /** α^j·g1 for j = 0 … S − 2, 48 bytes each: what provers commit with. Public; made once. About 0.1 s. */
  commitmentKey(): Bytes[] {
    const powers: Bytes[] = [];
    let power: Fr | undefined;
    for (let j = 0; j < SECTORS - 1; j++) {
      power = power ? mul(power, this.#alpha) : one();
      powers.push(writePoint(timesG1(power)));
    }
    return powers;
  }

  /** Forgets the secrets. */
  clear(): void {
    this.#sigma.clear();
    this.#alpha.clear();
    this.#evaluator.clear();
  }
}

const one = (): Fr =>
  readScalar(
    Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 1 : 0)),
    'one',
  );
