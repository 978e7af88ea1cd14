import type { Bytes } from '@salus/base';
import { type Fr, type G1, type G2, type GT, generator, mul, pairing, pow, readG1, readG2 } from './curve.ts';
import { FixedBase, type WindowBits } from './fixed-base.ts';
import { nameOf, Recent } from './recent.ts';

/** Uses after which a generator's table is built: a short-lived process should not pay 20–90 ms for it. */
const GENERATOR_USES = 32;
/** Uses after which another base's table is built: a smaller table (2–10 ms) pays sooner. */
const BASE_USES = 16;
/** Uses after which a small table gives way to a large one, twice as fast: a consent that opens a thousand records. */
const LARGE_USES = 300;
/** Large tables of GT take 4.7 MB each; bases beyond so many keep their small ones. */
const LARGE_TABLES = 24;
/** Small tables kept: 64 of G1 take 9 MB, 64 of GT 38 MB. */
const G1_TABLES = 64;
const GT_TABLES = 64;
/** Points kept decoded and checked, about 200–400 bytes each: the people and records of one node's busy hour. */
const POINTS = 4096;

/** A base that counts its uses and gets a table when it has been used often enough. */
class CountedBase<Element extends G1 | G2 | GT> {
  static #large = 0;
  #uses = 0;
  #table: FixedBase<Element> | undefined;
  readonly #base: Element;
  #bits: WindowBits;
  readonly #usesBeforeTable: number;
  readonly #slowly: (base: Element, scalar: Fr) => Element;

  constructor(
    base: Element,
    slowly: (base: Element, scalar: Fr) => Element,
    bits: WindowBits = 4,
    usesBeforeTable: number = BASE_USES,
  ) {
    this.#base = base;
    this.#bits = bits;
    this.#usesBeforeTable = usesBeforeTable;
    this.#slowly = slowly;
  }

  times(scalar: Fr): Element {
    this.#uses++;
    if (!this.#table && this.#uses > this.#usesBeforeTable) this.#table = new FixedBase(this.#base, this.#bits);
    if (this.#bits === 4 && this.#uses > LARGE_USES && CountedBase.#large < LARGE_TABLES) this.#enlarge();
    return this.#table ? this.#table.times(scalar) : this.#slowly(this.#base, scalar);
  }

  #enlarge(): void {
    this.#table?.free();
    this.#bits = 8;
    this.#table = new FixedBase(this.#base, 8);
    CountedBase.#large++;
  }

  drop(): void {
    if (this.#bits === 8) CountedBase.#large--;
    this.#table?.free();
    this.#table = undefined;
  }
}

const mulG1 = (base: G1, scalar: Fr): G1 => mul(base, scalar);
const mulG2 = (base: G2, scalar: Fr): G2 => mul(base, scalar);
const powGT = (base: GT, scalar: Fr): GT => pow(base, scalar);

let ofG1: CountedBase<G1> | undefined;
let ofG2: CountedBase<G2> | undefined;
let ofGT: CountedBase<GT> | undefined;

/** scalar · g1. 0.17 ms, 0.03 ms once the table is there. */
export const timesG1 = (scalar: Fr): G1 =>
  (ofG1 ??= new CountedBase(generator().g1, mulG1, 8, GENERATOR_USES)).times(scalar);
/** scalar · g2. 0.44 ms, 0.13 ms once the table is there. */
export const timesG2 = (scalar: Fr): G2 =>
  (ofG2 ??= new CountedBase(generator().g2, mulG2, 8, GENERATOR_USES)).times(scalar);
/** gT^scalar. 0.85 ms, 0.25 ms once the table is there. */
export const powGenerator = (scalar: Fr): GT =>
  (ofGT ??= new CountedBase(generator().gT, powGT, 8, GENERATOR_USES)).times(scalar);

const pointsG1 = new Recent<G1>(POINTS);
const pointsG2 = new Recent<G2>(POINTS);
const receivers = new Recent<CountedBase<G1>>(G1_TABLES, (base) => base.drop());
const targets = new Recent<CountedBase<GT>>(GT_TABLES, (base) => base.drop());

/** A public point of G1 that is met often (somebody's B), checked once. Throws `point-unsound`. */
export const knownG1 = (bytes: Bytes, what: string): G1 => pointsG1.get(nameOf(bytes), () => readG1(bytes, what));
/** A public point of G2 that is met often (somebody's A, a record's c1), checked once. Throws `point-unsound`. */
export const knownG2 = (bytes: Bytes, what: string): G2 => pointsG2.get(nameOf(bytes), () => readG2(bytes, what));

/** scalar · B for a receiver key B that is met often. Throws `point-unsound`. */
export const timesReceiver = (receiver: Bytes, scalar: Fr): G1 =>
  receivers.get(nameOf(receiver), () => new CountedBase(knownG1(receiver, 'receiver key'), mulG1)).times(scalar);

/**
 * base^scalar for a pairing value that is met often (e(B, g2), Y_w), named by what it is made of. `make` must give an
 * element of order r, so a pairing of checked points, never something received.
 */
export const powTarget = (name: Bytes, make: () => GT, scalar: Fr): GT =>
  targets.get(nameOf(name), () => new CountedBase(make(), powGT)).times(scalar);

/** e(B, g2)^scalar for a receiver key B. Throws `point-unsound`. */
export const powReceiver = (receiver: Bytes, scalar: Fr): GT =>
  powTarget(receiver, () => pairing(knownG1(receiver, 'receiver key'), generator().g2), scalar);
