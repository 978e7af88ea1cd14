import type { Fr, GT } from './curve.ts';
import { halfOf, signedDigits, type WindowBits, windowsOf } from './digits.ts';
import { mcl, raw } from './mcl.ts';
import { ENTRY_BYTES, PAIR_BYTES, TargetLoop } from './target-loop.ts';

/** One for the process: all tables lie in its memory, so that a product may use several. */
let started: TargetLoop | undefined;
const theLoop = (): TargetLoop => (started ??= new TargetLoop());

/**
 * Powers of one base of order r, which must not be received from anybody: entry (w, d) is t of base^(d · 2^(bits·w)) for d from 0 to
 * 2^(bits−1), where 1 + t·w is that element up to a factor (asm/target.ts). A power is one step for each window. Every window costs
 * the same step, digit zero included; which entry is read depends on the scalar, a residual that SECURITY names with the timing of
 * the platform's arithmetic.
 * Size: (2^(bits−1) + 1) · ⌈256/bits⌉ entries of 336 B: 0.2, 1.4, 4.5 MB. To make it costs three steps an entry. Free it: the
 * collector does not.
 */
export class TargetTable {
  readonly #bits: WindowBits;
  readonly #table: number;

  constructor(base: GT, bits: WindowBits) {
    this.#bits = bits;
    this.#table = theLoop().take(this.#sizeBytes);
    this.#fill(base);
  }

  get #width(): number {
    return halfOf(this.#bits) + 1;
  }

  get #sizeBytes(): number {
    return windowsOf(this.#bits) * this.#width * ENTRY_BYTES;
  }

  #at(window: number, digit: number): number {
    return this.#table + (window * this.#width + digit) * ENTRY_BYTES;
  }

  #fill(base: GT): void {
    const loop = theLoop();
    const half = halfOf(this.#bits);
    const sizeBytes = half * PAIR_BYTES;
    const powers = loop.take(sizeBytes);
    loop.read(powers, plusOne(base));
    normalise(loop, powers, this.#at(0, 1), 1);
    for (let window = 0; window < windowsOf(this.#bits); window++) {
      const unit = this.#at(window, 1);
      if (window > 0) {
        // Twice the largest digit of the window below.
        start(loop, powers, this.#at(window - 1, half));
        loop.extend(powers, this.#at(window - 1, half), 0);
        normalise(loop, powers, unit, 1);
      }
      loop.clear(this.#at(window, 0), ENTRY_BYTES);
      start(loop, powers, unit);
      for (let digit = 2; digit <= half; digit++) {
        const power = powers + (digit - 1) * PAIR_BYTES;
        loop.copy(power, power - PAIR_BYTES, PAIR_BYTES);
        loop.extend(power, unit, 0);
      }
      normalise(loop, powers + PAIR_BYTES, this.#at(window, 2), half - 1);
    }
    loop.give(powers, sizeBytes);
  }

  times(scalar: Fr): GT {
    return product([[this, scalar]]);
  }

  /** Multiplies an element by the entries of a scalar's digits. */
  extend(element: number, scalar: Fr): void {
    const loop = theLoop();
    const digits = signedDigits(scalar, this.#bits);
    for (const [window, digit] of digits.entries()) {
      const negative = digit >> 15;
      loop.extend(element, this.#at(window, (digit ^ negative) - negative), negative);
    }
    digits.fill(0);
  }

  /** Returns the table's memory. The table must not be used afterwards. */
  free(): void {
    theLoop().give(this.#table, this.#sizeBytes);
  }
}

/** Π base^scalar. */
export function product(terms: readonly (readonly [TargetTable, Fr])[]): GT {
  const loop = theLoop();
  const element = loop.take(PAIR_BYTES);
  loop.read(element, one());
  for (const [table, scalar] of terms) table.extend(element, scalar);
  const found = loop.write(element);
  loop.clear(element, PAIR_BYTES);
  loop.give(element, PAIR_BYTES);
  return overConjugate(found);
}

/** b/b̄. */
function overConjugate(b: GT): GT {
  const module = raw();
  const stack = module.stackSave();
  const [at, under] = [module.stackAlloc(GT_BYTES), module.stackAlloc(GT_BYTES)];
  b.copyToMem(at);
  // The library's quick inverse is the conjugate.
  module._mclBnGT_inv(under, at);
  module._mclBnGT_invGeneric(under, under);
  module._mclBnGT_mul(at, at, under);
  const found = new mcl.GT();
  found.copyFromMem(at);
  for (const address of [at, under]) one().copyToMem(address);
  b.clear();
  module.stackRestore(stack);
  return found;
}

const GT_BYTES = 576;

/** 1 + t·w, from the entry t. */
function start(loop: TargetLoop, element: number, t: number): void {
  loop.read(element, one());
  loop.extend(element, t, 0);
}

/** Of elements x + y·w, one behind the other, the entries y/x, with one inversion for all, two chains beside each other (Montgomery's trick). */
function normalise(loop: TargetLoop, elements: number, out: number, count: number): void {
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
    const first = out + 2 * k * ENTRY_BYTES;
    loop.split(first, 2 * k + 1 < count ? first + ENTRY_BYTES : spare, inverse);
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
  for (const at of [first, second]) loop.read(at, inverseOf(loop.write(at)));
  loop.zip(out, nothing, first, second);
  for (const at of [nothing, first, second]) loop.give(at, PAIR_BYTES);
}

function inverseOf(element: GT): GT {
  const module = raw();
  const stack = module.stackSave();
  const at = module.stackAlloc(GT_BYTES);
  element.copyToMem(at);
  module._mclBnGT_invGeneric(at, at);
  element.copyFromMem(at);
  module.stackRestore(stack);
  return element;
}

/** 1 + g, as a sum in the field. */
function plusOne(g: GT): GT {
  const module = raw();
  const stack = module.stackSave();
  const [at, unit] = [module.stackAlloc(GT_BYTES), module.stackAlloc(GT_BYTES)];
  g.copyToMem(at);
  one().copyToMem(unit);
  module._mclBnGT_add(at, at, unit);
  const sum = new mcl.GT();
  sum.copyFromMem(at);
  module.stackRestore(stack);
  return sum;
}

function one(): GT {
  const value = new mcl.GT();
  value.setInt(1);
  return value;
}
