import { type Bytes, concat, equal, type Random } from '@salus/base';
import { schemes } from '../errors.ts';
import { deriveKey, digest } from '../keyless/hash.ts';
import { powGenerator, timesG2 } from '../keyless/pairing/bases.ts';
import {
  add,
  hashToScalar,
  mul,
  randomScalar,
  readGT,
  readScalar,
  thenClear,
  writeGT,
  writePoint,
  writeScalar,
} from '../keyless/pairing/curve.ts';
import { type AuthorProof, authorChallenge } from '../keyless/proofs.ts';
import { freshScalar, type Scalar } from '../keyless/scalar.ts';
import { tag } from '../keyless/suite.ts';

/** What the owner's box holds: M = gT^z and the post-quantum overlay κ, 32 bytes. */
export interface Origin {
  z: Scalar;
  kappa: Bytes;
}

/** A fresh secret for a new generation. */
export const newSecret = (random: Random): Origin => ({ z: freshScalar(random), kappa: random(32) });

/** The commitment to a secret: H4(ser(M) ‖ κ ‖ ctx), 32 bytes. */
export const commitmentOf = (M: Bytes, kappa: Bytes, ctx: Bytes): Bytes => digest(tag('H4'), M, kappa, ctx);

/** The record's randomness: H3(ser(M) ‖ κ ‖ ctx). */
const randomnessOf = (M: Bytes, kappa: Bytes, ctx: Bytes) => hashToScalar('H3', M, kappa, ctx);

/**
 * The secret M of a field group's generation and all that follows from it. Whoever has it opens the record: keep it in
 * memory while it is used, never on disk.
 */
export class Secret {
  /** 576 bytes, GT. */
  readonly M: Bytes;
  /** 32 bytes: the key of the body. */
  readonly K: Bytes;
  /** r, the record's randomness. */
  readonly r: Scalar;
  #c1: Bytes | undefined;
  /** H4, 32 bytes, on the ledger. */
  readonly com: Bytes;
  readonly ctx: Bytes;

  /** Use `secretFrom` or `secretFromOpened`. M must be of order r: made here, or bound to c1 by what was opened. */
  constructor(M: Bytes, kappa: Bytes, ctx: Bytes) {
    const r = randomnessOf(M, kappa, ctx);
    this.M = M;
    this.K = deriveKey(concat(M, kappa), tag('body'), ctx);
    this.r = writeScalar(r);
    this.com = commitmentOf(M, kappa, ctx);
    this.ctx = ctx;
    r.clear();
  }

  /** r·g2, 96 bytes, on the ledger. Made when it is first asked for: who opens old records to a new reader never does. */
  get c1(): Bytes {
    if (!this.#c1) {
      const r = readScalar(this.r, 'r');
      this.#c1 = thenClear([r], () => writePoint(timesG2(r)));
    }
    return this.#c1;
  }

  /** The author's proof of knowledge of r, R 96 ‖ z 32, bound to this context. */
  proof(random: Random): AuthorProof {
    const [r, k] = [readScalar(this.r, 'r'), randomScalar(random)];
    return thenClear([r, k], () => {
      const R = writePoint(timesG2(k));
      return concat(R, writeScalar(add(k, mul(authorChallenge(R, this.c1, this.ctx), r))));
    });
  }
}

/** The secret of what `newSecret` made, or of what an owner's box held. Throws `scalar-unsound`. About 0.5 ms. */
export function secretFrom({ z, kappa }: Origin, ctx: Bytes): Secret {
  const exponent = readScalar(z, 'z');
  return thenClear([exponent], () => new Secret(writeGT(powGenerator(exponent)), kappa, ctx));
}

/** The secret again from M as it was opened and checked. Throws `point-unsound` where the bytes are not canonical. */
export function secretFromOpened(M: Bytes, kappa: Bytes, ctx: Bytes): Secret {
  if (!equal(writeGT(readGT(M, 'M')), M)) throw schemes('point-unsound', { what: 'M' });
  return new Secret(M, kappa, ctx);
}
