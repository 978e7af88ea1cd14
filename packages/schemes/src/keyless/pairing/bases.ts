import type { Bytes } from '@salus/base';
import { type Fr, type G1, type G2, type GT, generator, mul, pairing, pow, readG1, readG2 } from './curve.ts';
import type { WindowBits } from './digits.ts';
import { FixedBase } from './fixed-base.ts';
import { nameOf, Recent } from './recent.ts';
import { product } from './target-product.ts';
import { TargetTable } from './target-table.ts';

/**
 * Uses after which a base gets its next table. Each step costs about as much as was spent more than the table would have cost
 * until then, so that nobody pays more than twice the least, however often a base is met: once, or in the thousand records that
 * a consent opens.
 */
type Steps = readonly { uses: number; bits: WindowBits }[];

/** Keys of people, topics: many, most of them met a few times. */
const PERSON_STEPS: Steps = [
  { uses: 4, bits: 4 },
  { uses: 100, bits: 8 },
];
/** Generators: few, and met all the time in a process that lives long; a short one should not pay 10–20 ms for them. */
const GENERATOR_STEPS: Steps = [{ uses: 32, bits: 8 }];
/** Large tables take 0.6 MB each in G1, 0.4 MB in GT; bases beyond so many keep their small ones. */
const LARGE_TABLES = 24;
/** Bases kept: their small tables take 5 MB in G1, 3 MB in GT. */
const G1_TABLES = 64;
const GT_TABLES = 64;
/** Points kept decoded and checked, about 200–400 bytes each: the people and records of one node's busy hour. */
const POINTS = 4096;

/** A table of a base: `FixedBase`, `TargetTable`. */
interface Table {
  free(): void;
}

/** What is done with bases of a group: without a table, to make one, and with it. */
interface Ways<Element, Kept extends Table> {
  slowly: (base: Element, scalar: Fr) => Element;
  table: (base: Element, bits: WindowBits) => Kept;
  times: (table: Kept, scalar: Fr) => Element;
}

/** A base that counts its uses and gets tables as it is used. */
class CountedBase<Element, Kept extends Table> {
  static #large = 0;
  #uses = 0;
  #bits = 0;
  #table: Kept | undefined;
  readonly #base: Element;
  readonly #steps: Steps;
  readonly #ways: Ways<Element, Kept>;

  constructor(base: Element, ways: Ways<Element, Kept>, steps: Steps = PERSON_STEPS) {
    this.#base = base;
    this.#ways = ways;
    this.#steps = steps;
  }

  /** scalar · base; with the table, if there is one. */
  times(scalar: Fr, table: Kept | undefined = this.ready()): Element {
    return table ? this.#ways.times(table, scalar) : this.#ways.slowly(this.#base, scalar);
  }

  /** The table, for one more use; undefined while there is none. */
  ready(): Kept | undefined {
    this.#uses++;
    const due = this.#steps.findLast(({ uses }) => this.#uses > uses);
    if (due && due.bits > this.#bits) this.#widen(due.bits);
    return this.#table;
  }

  #widen(bits: WindowBits): void {
    const isPersonsLarge = this.#steps === PERSON_STEPS && bits > PERSON_STEPS[0]!.bits;
    if (isPersonsLarge && CountedBase.#large >= LARGE_TABLES) return;
    if (isPersonsLarge) CountedBase.#large++;
    this.#table?.free();
    this.#table = this.#ways.table(this.#base, bits);
    this.#bits = bits;
  }

  drop(): void {
    if (this.#steps === PERSON_STEPS && this.#bits > PERSON_STEPS[0]!.bits) CountedBase.#large--;
    this.#table?.free();
    this.#table = undefined;
    this.#bits = 0;
  }
}

const inG1: Ways<G1, FixedBase<G1>> = {
  slowly: (base, scalar) => mul(base, scalar),
  table: (base, bits) => new FixedBase(base, bits),
  times: (table, scalar) => table.times(scalar),
};
const inG2: Ways<G2, FixedBase<G2>> = {
  slowly: (base, scalar) => mul(base, scalar),
  table: (base, bits) => new FixedBase(base, bits),
  times: (table, scalar) => table.times(scalar),
};
const inGT: Ways<GT, TargetTable> = {
  slowly: (base, scalar) => pow(base, scalar),
  table: (base, bits) => new TargetTable(base, bits),
  times: (table, scalar) => product([[table, scalar]]),
};

let ofG1: CountedBase<G1, FixedBase<G1>> | undefined;
let ofG2: CountedBase<G2, FixedBase<G2>> | undefined;
let ofGT: CountedBase<GT, TargetTable> | undefined;

/** scalar · g1. 0.17 ms, 0.03 ms once the table is there. */
export const timesG1 = (scalar: Fr): G1 =>
  (ofG1 ??= new CountedBase(generator().g1, inG1, GENERATOR_STEPS)).times(scalar);
/** scalar · g2. 0.44 ms, 0.13 ms once the table is there. */
export const timesG2 = (scalar: Fr): G2 =>
  (ofG2 ??= new CountedBase(generator().g2, inG2, GENERATOR_STEPS)).times(scalar);
/** gT^scalar. 0.85 ms, 0.15 ms once the table is there. */
export const powGenerator = (scalar: Fr): GT => ofGenerator().times(scalar);

const ofGenerator = (): CountedBase<GT, TargetTable> =>
  (ofGT ??= new CountedBase(generator().gT, inGT, GENERATOR_STEPS));

const pointsG1 = new Recent<G1>(POINTS);
const pointsG2 = new Recent<G2>(POINTS);
const receivers = new Recent<CountedBase<G1, FixedBase<G1>>>(G1_TABLES, (base) => base.drop());
const targets = new Recent<CountedBase<GT, TargetTable>>(GT_TABLES, (base) => base.drop());

/** A public point of G1 that is met often (somebody's B), checked once. Throws `point-unsound`. */
export const knownG1 = (bytes: Bytes, what: string): G1 => pointsG1.get(nameOf(bytes), () => readG1(bytes, what));
/** A public point of G2 that is met often (somebody's A, a record's c1), checked once. Throws `point-unsound`. */
export const knownG2 = (bytes: Bytes, what: string): G2 => pointsG2.get(nameOf(bytes), () => readG2(bytes, what));

/** scalar · B for a receiver key B that is met often. Throws `point-unsound`. */
export const timesReceiver = (receiver: Bytes, scalar: Fr): G1 =>
  receivers.get(nameOf(receiver), () => new CountedBase(knownG1(receiver, 'receiver key'), inG1)).times(scalar);

/** A pairing value that is met often, named by what it is made of. */
export interface Target {
  name: Bytes;
  /** Must give an element of order r: a pairing of checked points, never something received. */
  make: () => GT;
}

const targetOf = ({ name, make }: Target): CountedBase<GT, TargetTable> =>
  targets.get(nameOf(name), () => new CountedBase(make(), inGT));

/** e(B, g2) of a receiver key B. Its use throws `point-unsound`. */
export const receiverTarget = (receiver: Bytes): Target => ({
  name: receiver,
  make: () => pairing(knownG1(receiver, 'receiver key'), generator().g2),
});

/** value · gT^x · target^y: what every slot is. About 0.3 ms once both tables are there. */
export function blinded(value: GT, x: Fr, target: Target, y: Fr): GT {
  const [g, t] = [ofGenerator(), targetOf(target)];
  const [forX, forY] = [g.ready(), t.ready()];
  const terms =
    forX &&
    forY &&
    ([
      [forX, x],
      [forY, y],
    ] as const);
  return terms ? product(terms, value) : mul(mul(value, g.times(x, forX)), t.times(y, forY));
}
