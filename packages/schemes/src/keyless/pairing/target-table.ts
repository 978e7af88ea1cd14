import type { Fr, GT } from './curve.ts';
import { halfOf, signedDigits, type WindowBits, windowsOf } from './digits.ts';
import { mcl, raw } from './mcl.ts';
import { ENTRY_BYTES, GT_BYTES, PAIR_BYTES, TargetLoop } from './target-loop.ts';

/** Elements that share an inversion while a table is made: it then adds little to each, and they take about a megabyte. */
const SHARED = 512;

/** One for the process: all tables lie in its memory, so that a product may use several. */
let started: { loop: TargetLoop; one: number } | undefined;

function start(): { loop: TargetLoop; one: number } {
  const loop = new TargetLoop();
  const one = loop.take(PAIR_BYTES);
  onStack(1, ([at]) => {
    unit().copyToMem(at!);
    loop.read(one, at!);
  });
  return { loop, one };
}

const theLoop = () => (started ??= start());

/**
 * Powers of one base of order r, which must not be received from anybody: entry (w, d) is t of base^(d · 2^(bits·w)) for d from 0 to
 * 2^(bits−1), where 1 + t·w is that element up to a factor (asm/target.ts). A power is one step for each window. Every window costs
 * the same step, digit zero included; which entry is read depends on the scalar, a residual that SECURITY names with the timing of
 * the platform's arithmetic.
 * Size: (2^(bits−1) + 1) · ⌈256/bits⌉ entries of 336 B: 0.2 or 1.4 MB. To make it costs three steps an entry. Free it: the
 * collector does not.
 */
export class TargetTable {
  readonly #bits: WindowBits;
  readonly #table: number;
  /** Entries of a window. */
  readonly #width: number;

  constructor(base: GT, bits: WindowBits) {
    this.#bits = bits;
    this.#width = halfOf(bits) + 1;
    this.#table = theLoop().loop.take(this.#sizeBytes);
    this.#fill(base);
  }

  get #sizeBytes(): number {
    return windowsOf(this.#bits) * this.#width * ENTRY_BYTES;
  }

  #at(window: number, digit: number): number {
    return this.#table + (window * this.#width + digit) * ENTRY_BYTES;
  }

  #fill(base: GT): void {
    const { loop, one } = theLoop();
    const windows = windowsOf(this.#bits);
    this.#fillUnits(base, windows);
    const each = halfOf(this.#bits) - 1;
    const together = Math.ceil(SHARED / each);
    const sizeBytes = together * each * PAIR_BYTES;
    const powers = loop.take(sizeBytes);
    for (let from = 0; from < windows; from += together) {
      const to = Math.min(from + together, windows);
      for (let window = from; window < to; window++) {
        let before = one;
        const unitAt = this.#at(window, 1);
        for (let k = 0; k < each; k++) {
          const power = powers + ((window - from) * each + k) * PAIR_BYTES;
          loop.copy(power, before, PAIR_BYTES);
          if (k === 0) loop.extend(power, unitAt, 0);
          loop.extend(power, unitAt, 0);
          before = power;
        }
      }
      normalise(loop, powers, (to - from) * each, (k) => this.#at(from + Math.floor(k / each), 2 + (k % each)));
    }
    loop.give(powers, sizeBytes);
  }

  /** Digits zero and one of every window: base^(2^(bits·w)), by squaring. */
  #fillUnits(base: GT, windows: number): void {
    const { loop } = theLoop();
    const units = loop.take(windows * PAIR_BYTES);
    onStack(3, ([power, one, sum]) => {
      const module = raw();
      base.copyToMem(power!);
      unit().copyToMem(one!);
      for (let window = 0; window < windows; window++) {
        module._mclBnGT_add(sum!, power!, one!);
        loop.read(units + window * PAIR_BYTES, sum!);
        for (let bit = 0; bit < this.#bits; bit++) module._mclBnGT_sqr(power!, power!);
        loop.clear(this.#at(window, 0), ENTRY_BYTES);
      }
    });
    normalise(loop, units, windows, (window) => this.#at(window, 1));
    loop.give(units, windows * PAIR_BYTES);
  }

  times(scalar: Fr): GT {
    return product([[this, scalar]]);
  }

  /** Multiplies an element by the entries of a scalar's digits. */
  extend(element: number, scalar: Fr): void {
    const { loop } = theLoop();
    const digits = signedDigits(scalar, this.#bits);
    for (const [window, digit] of digits.entries()) {
      const negative = digit >> 15;
      loop.extend(element, this.#at(window, (digit ^ negative) - negative), negative);
    }
    digits.fill(0);
  }

  /** Returns the table's memory. The table must not be used afterwards. */
  free(): void {
    theLoop().loop.give(this.#table, this.#sizeBytes);
  }
}

/** Π base^scalar, with `onto` that times as much. */
export function product(terms: readonly (readonly [TargetTable, Fr])[], onto?: GT): GT {
  const { loop, one } = theLoop();
  const element = loop.take(PAIR_BYTES);
  loop.copy(element, one, PAIR_BYTES);
  for (const [table, scalar] of terms) table.extend(element, scalar);
  const found = new mcl.GT();
  onStack(2, ([at, under]) => {
    const module = raw();
    // b/b̄: the library's quick inverse is the conjugate.
    loop.write(element, at!);
    module._mclBnGT_inv(under!, at!);
    module._mclBnGT_invGeneric(under!, under!);
    module._mclBnGT_mul(at!, at!, under!);
    if (onto) {
      onto.copyToMem(under!);
      module._mclBnGT_mul(at!, at!, under!);
    }
    found.copyFromMem(at!);
  });
  loop.clear(element, PAIR_BYTES);
  loop.give(element, PAIR_BYTES);
  return found;
}

/** Room for elements on the library's stack, overwritten afterwards. */
function onStack(count: number, work: (at: readonly number[]) => void): void {
  const module = raw();
  const stack = module.stackSave();
  const at = Array.from({ length: count }, () => module.stackAlloc(GT_BYTES));
  work(at);
  for (const address of at) module.HEAP32.fill(0, address >> 2, (address + GT_BYTES) >> 2);
  module.stackRestore(stack);
}

/**
 * Of elements x + y·w, one behind the other, the entries y/x, each to where it belongs, with one inversion for all, in two chains
 * beside each other (Montgomery's trick).
 */
function normalise(loop: TargetLoop, elements: number, count: number, placeOf: (k: number) => number): void {
  const couples = Math.ceil(count / 2);
  const sizeBytes = 3 * couples * PAIR_BYTES;
  const xs = loop.take(sizeBytes);
  const [ys, before] = [xs + couples * PAIR_BYTES, xs + 2 * couples * PAIR_BYTES];
  const [rest, inverse, spare] = [loop.take(PAIR_BYTES), loop.take(PAIR_BYTES), loop.take(ENTRY_BYTES)];
  const pair = (of: number, k: number) => of + k * PAIR_BYTES;
  for (let k = 0; k < couples; k++) {
    // An odd one out is its own partner.
    const other = Math.min(2 * k + 1, count - 1);
    loop.zip(pair(xs, k), pair(ys, k), pair(elements, 2 * k), pair(elements, other));
    // before[k]: the product of the first k + 1.
    if (k === 0) loop.copy(before, xs, PAIR_BYTES);
    else loop.multiply(pair(before, k), pair(before, k - 1), pair(xs, k));
  }
  invert(loop, rest, pair(before, couples - 1));
  for (let k = couples - 1; k >= 0; k--) {
    if (k > 0) loop.multiply(inverse, rest, pair(before, k - 1));
    else loop.copy(inverse, rest, PAIR_BYTES);
    loop.multiply(rest, rest, pair(xs, k));
    loop.multiply(inverse, inverse, pair(ys, k));
    loop.split(placeOf(2 * k), 2 * k + 1 < count ? placeOf(2 * k + 1) : spare, inverse);
  }
  loop.give(xs, sizeBytes);
  for (const at of [rest, inverse]) loop.give(at, PAIR_BYTES);
  loop.give(spare, ENTRY_BYTES);
}

/** The inverses of a pair of elements of Fp6. */
function invert(loop: TargetLoop, out: number, pair: number): void {
  const nothing = loop.take(PAIR_BYTES);
  const [first, second] = [loop.take(PAIR_BYTES), loop.take(PAIR_BYTES)];
  loop.clear(nothing, PAIR_BYTES);
  // Each as an element of Fp12 that lies in Fp6, which the library inverts.
  loop.zip(first, second, pair, nothing);
  onStack(1, ([at]) => {
    for (const element of [first, second]) {
      loop.write(element, at!);
      raw()._mclBnGT_invGeneric(at!, at!);
      loop.read(element, at!);
    }
  });
  loop.zip(out, nothing, first, second);
  for (const at of [nothing, first, second]) loop.give(at, PAIR_BYTES);
}

function unit(): GT {
  const value = new mcl.GT();
  value.setInt(1);
  return value;
}
