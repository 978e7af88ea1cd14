import type { GT } from './curve.ts';
import { halfOf, type WindowBits } from './digits.ts';
import { raw } from './mcl.ts';
import { writeEntries } from './target-entries.ts';
import { DIGIT_BYTES, ENTRY_BYTES, HIGHEST_DIGIT, PAIR_BYTES } from './target-loop.ts';
import { onStack, theLoop, unit } from './target-memory.ts';

const DIGIT_BITS = 8 * DIGIT_BYTES;

/**
 * Powers of one base of order r, which must not be received from anybody: entry (w, k) is t of base^(k · 2^(bits·w)) for k from 0 to
 * 2^(bits−1), and in the last window to as many as a digit has there, where 1 + t·w is that element up to a factor (asm/target.ts). A
 * power is one step for each window of each of a scalar's four digits. Every window costs the same step, nothing included; which entry
 * is read depends on the scalar, a residual that SECURITY names with the timing of the platform's arithmetic.
 * Size: (2^(bits−1) + 1) · 64/bits entries of 336 B and some more: 0.05 or 0.4 MB. To make it costs three steps an entry. Free it:
 * the collector does not.
 */
export class TargetTable {
  readonly #bits: WindowBits;
  readonly #table: number;
  /** Entries of a window but the last. */
  readonly #width: number;
  /** The highest multiple of its unit in each window. */
  readonly #multiples: readonly number[];

  constructor(base: GT, bits: WindowBits) {
    this.#bits = bits;
    this.#width = halfOf(bits) + 1;
    this.#multiples = multiplesOf(bits);
    this.#table = theLoop().loop.take(this.#sizeBytes);
    this.#fill(base);
  }

  get #sizeBytes(): number {
    return ((this.#multiples.length - 1) * this.#width + this.#multiples.at(-1)! + 1) * ENTRY_BYTES;
  }

  #at(window: number, multiple: number): number {
    return this.#table + (window * this.#width + multiple) * ENTRY_BYTES;
  }

  #fill(base: GT): void {
    this.#fillUnits(base);
    const { loop, one } = theLoop();
    const places: number[] = [];
    // Room for one element where the table has one entry.
    const sizeBytes = (this.#sizeBytes / ENTRY_BYTES) * PAIR_BYTES;
    const powers = loop.take(sizeBytes);
    for (const [window, last] of this.#multiples.entries()) {
      let before = one;
      for (let multiple = 2; multiple <= last; multiple++) {
        const power = powers + places.length * PAIR_BYTES;
        loop.copy(power, before, PAIR_BYTES);
        if (multiple === 2) loop.extend(power, this.#at(window, 1), 0);
        loop.extend(power, this.#at(window, 1), 0);
        places.push(this.#at(window, multiple));
        before = power;
      }
    }
    writeEntries(powers, places.length, (k) => places[k]!);
    loop.give(powers, sizeBytes);
  }

  /** Multiples zero and one of every window: base^(2^(bits·w)), by squaring. */
  #fillUnits(base: GT): void {
    const { loop } = theLoop();
    const windows = this.#multiples.length;
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
    writeEntries(units, windows, (window) => this.#at(window, 1));
    loop.give(units, windows * PAIR_BYTES);
  }

  /** Multiplies an element by the base to the power of a scalar's digit, or to its negative. */
  extend(element: number, digit: number, negative: boolean): void {
    theLoop().loop.walk(element, this.#table, digit, this.#bits, negative ? -1 : 0);
  }

  /** Returns the table's memory. The table must not be used afterwards. */
  free(): void {
    theLoop().loop.give(this.#table, this.#sizeBytes);
  }
}

/** The highest multiple of each window: half of its range, for digits are signed, and in the last one all, and what the one before carries. */
function multiplesOf(bits: WindowBits): number[] {
  const windows = DIGIT_BITS / bits;
  const last = Number(HIGHEST_DIGIT >> BigInt(DIGIT_BITS - bits)) + 1;
  return Array.from({ length: windows }, (_, window) => (window < windows - 1 ? halfOf(bits) : last));
}
