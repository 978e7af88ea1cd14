import { assert } from '@salus/base';
import type { Fr, G1, G2, GT } from './curve.ts';
import { mcl, raw } from './mcl.ts';

/** Bits per window: 8 for the generators (fast, large), 4 for the keys of people (many, small). */
export type WindowBits = 4 | 8;

const SCALAR_BITS = 256;

/**
 * Multiples of one base, kept in WebAssembly memory: entry (w, d) is d · 2^(bits·w) · base. A power is then one
 * group operation for each window, about five times (8 bits) or two to three times (4 bits) faster than without.
 * Every window costs the same operation, digit zero included; which entry is read depends on the scalar, a residual
 * that SECURITY names with the timing of the platform's arithmetic.
 * Size: 2^bits · 256/bits entries of 144 B (G1), 288 B (G2), 576 B (GT). Free it: the collector does not.
 */
export class FixedBase<Element extends G1 | G2 | GT> {
  readonly #bits: WindowBits;
  readonly #sizeBytes: number;
  readonly #table: number;
  readonly #empty: () => Element;
  readonly #combine: (z: number, x: number, y: number) => void;

  constructor(base: Element, bits: WindowBits) {
    const group = groupOf(base);
    this.#bits = bits;
    this.#sizeBytes = group.sizeBytes;
    this.#empty = group.empty as () => Element;
    this.#combine = group.combine;
    const entries = 2 ** bits * (SCALAR_BITS / bits);
    this.#table = raw()._malloc(entries * this.#sizeBytes);
    assert(this.#table !== 0, 'the module has memory for a bounded number of tables');
    this.#fill(base, group.identity);
    group.normalise(this.#table, entries);
  }

  #at(window: number, digit: number): number {
    return this.#table + (window * 2 ** this.#bits + digit) * this.#sizeBytes;
  }

  #fill(base: Element, identity: G1 | G2 | GT): void {
    const width = 2 ** this.#bits;
    for (let window = 0; window < SCALAR_BITS / this.#bits; window++) {
      identity.copyToMem(this.#at(window, 0));
      if (window === 0) base.copyToMem(this.#at(0, 1));
      else this.#combine(this.#at(window, 1), this.#at(window - 1, width - 1), this.#at(window - 1, 1));
      for (let digit = 2; digit < width; digit++)
        this.#combine(this.#at(window, digit), this.#at(window, digit - 1), this.#at(window, 1));
    }
  }

  /** scalar · base, or base^scalar in GT. */
  times(scalar: Fr): Element {
    const bigEndian = scalar.serialize();
    const module = raw();
    const stack = module.stackSave();
    const sum = module.stackAlloc(this.#sizeBytes);
    const result = this.#empty();
    result.copyToMem(sum);
    for (let window = 0; window < SCALAR_BITS / this.#bits; window++)
      this.#combine(sum, sum, this.#at(window, this.#digit(bigEndian, window)));
    result.copyFromMem(sum);
    module.stackRestore(stack);
    bigEndian.fill(0);
    return result;
  }

  #digit(bigEndian: Uint8Array, window: number): number {
    if (this.#bits === 8) return bigEndian[31 - window]!;
    return (bigEndian[31 - (window >> 1)]! >> (4 * (window & 1))) & 15;
  }

  /** Returns the table's memory. The table must not be used afterwards. */
  free(): void {
    raw()._free(this.#table);
  }
}

interface Group {
  sizeBytes: number;
  empty: () => G1 | G2 | GT;
  identity: G1 | G2 | GT;
  combine: (z: number, x: number, y: number) => void;
  normalise: (table: number, entries: number) => void;
}

function groupOf(base: G1 | G2 | GT): Group {
  const module = raw();
  if (base instanceof mcl.G1)
    return {
      sizeBytes: 144,
      empty: () => new mcl.G1(),
      identity: new mcl.G1(),
      combine: module._mclBnG1_add,
      normalise: (table, entries) => module._mclBnG1_normalizeVec(table, table, entries),
    };
  if (base instanceof mcl.G2)
    return {
      sizeBytes: 288,
      empty: () => new mcl.G2(),
      identity: new mcl.G2(),
      combine: module._mclBnG2_add,
      normalise: (table, entries) => module._mclBnG2_normalizeVec(table, table, entries),
    };
  return { sizeBytes: 576, empty: one, identity: one(), combine: module._mclBnGT_mul, normalise: () => {} };
}

function one(): GT {
  const value = new mcl.GT();
  value.setInt(1);
  return value;
}
