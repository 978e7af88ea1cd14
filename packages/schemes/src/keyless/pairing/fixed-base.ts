import { assert } from '@salus/base';
import type { Fr, G1, G2, GT } from './curve.ts';
import { mcl, raw } from './mcl.ts';

/** Bits per window: more are faster, and cost more memory and time before the first use. */
export type WindowBits = 4 | 8 | 10;

const SCALAR_BITS = 256;

/**
 * Multiples of one base, kept in WebAssembly memory: entry (w, d) is d · 2^(bits·w) · base for d from 0 to 2^(bits−1). A scalar is
 * written in digits from −2^(bits−1) to 2^(bits−1) − 1; what stands under negative digits is summed apart and subtracted at the
 * end, so half a table does, and a power is one group operation for each window and two more. Inverses are free in G1 and G2,
 * and in GT for elements of order r, as bases must be: there the inverse is the conjugate.
 * Every window costs the same operation, digit zero included; which entry is read, and for which sum, depends on the scalar, a
 * residual that SECURITY names with the timing of the platform's arithmetic.
 * Size: (2^(bits−1) + 1) · ⌈256/bits⌉ entries of 144 B (G1), 288 B (G2), 576 B (GT): in GT 0.3, 2.4, 7.7 MB. To make it costs
 * an operation an entry. Free it: the collector does not.
 */
export class FixedBase<Element extends G1 | G2 | GT> {
  readonly #bits: WindowBits;
  readonly #group: Group;
  readonly #table: number;

  constructor(base: Element, bits: WindowBits) {
    this.#group = groupOf(base);
    this.#bits = bits;
    const entries = this.#windows * this.#width;
    this.#table = raw()._malloc(entries * this.#group.sizeBytes);
    assert(this.#table !== 0, 'the module has memory for a bounded number of tables');
    this.#fill(base);
    this.#group.normalise(this.#table, entries);
  }

  get #windows(): number {
    return Math.ceil(SCALAR_BITS / this.#bits);
  }

  /** Entries of a window. */
  get #width(): number {
    return 2 ** (this.#bits - 1) + 1;
  }

  #at(window: number, digit: number): number {
    return this.#table + (window * this.#width + digit) * this.#group.sizeBytes;
  }

  #fill(base: Element): void {
    const { combine, identity } = this.#group;
    const half = this.#width - 1;
    for (let window = 0; window < this.#windows; window++) {
      identity.copyToMem(this.#at(window, 0));
      if (window === 0) base.copyToMem(this.#at(0, 1));
      else combine(this.#at(window, 1), this.#at(window - 1, half), this.#at(window - 1, half));
      for (let digit = 2; digit <= half; digit++)
        combine(this.#at(window, digit), this.#at(window, digit - 1), this.#at(window, 1));
    }
  }

  /** scalar · base, or base^scalar in GT. */
  times(scalar: Fr): Element {
    return combined([[this, scalar]]);
  }

  /** Adds the entries of a scalar's digits to one of two sums each. */
  addTo(sums: Sums, scalar: Fr): void {
    const { combine } = this.#group;
    const [half, width, windows] = [2 ** (this.#bits - 1), this.#width, this.#windows];
    const bigEndian = scalar.serialize();
    let carry = 0;
    for (let window = 0; window < windows; window++) {
      const digit = bitsAt(bigEndian, window * this.#bits, this.#bits) + carry;
      carry = digit >= half ? 1 : 0;
      const entry = window * width + (carry === 1 ? 2 * half - digit : digit);
      const sum = carry === 1 ? sums.subtracted : sums.added;
      combine(sum, sum, this.#table + entry * this.#group.sizeBytes);
    }
    assert(carry === 0, 'a scalar below r leaves nothing behind its highest digit');
    bigEndian.fill(0);
  }

  get group(): Group {
    return this.#group;
  }

  /** Returns the table's memory. The table must not be used afterwards. */
  free(): void {
    raw()._free(this.#table);
  }
}

/** Addresses of what is added up and of what is to be subtracted. */
interface Sums {
  added: number;
  subtracted: number;
}

/** Σ scalar · base, with `onto` that more: one sum for all bases, which are of one group. */
export function combined<Element extends G1 | G2 | GT>(
  terms: readonly (readonly [FixedBase<Element>, Fr])[],
  onto?: Element,
): Element {
  const { sizeBytes, empty, identity, combine, invert } = terms[0]![0].group;
  const module = raw();
  const stack = module.stackSave();
  const sums = { added: module.stackAlloc(sizeBytes), subtracted: module.stackAlloc(sizeBytes) };
  (onto ?? identity).copyToMem(sums.added);
  identity.copyToMem(sums.subtracted);
  for (const [base, scalar] of terms) base.addTo(sums, scalar);
  invert(sums.subtracted, sums.subtracted);
  combine(sums.added, sums.added, sums.subtracted);
  const result = empty() as Element;
  result.copyFromMem(sums.added);
  for (const sum of [sums.added, sums.subtracted]) identity.copyToMem(sum);
  module.stackRestore(stack);
  return result;
}

/** So many bits of a number in 32 bytes, from bit `from` up, 0 the lowest; bits behind the end are zero. */
function bitsAt(bigEndian: Uint8Array, from: number, bits: number): number {
  const byte = 31 - (from >> 3);
  const three = (bigEndian[byte] ?? 0) | ((bigEndian[byte - 1] ?? 0) << 8) | ((bigEndian[byte - 2] ?? 0) << 16);
  return (three >> (from & 7)) & (2 ** bits - 1);
}

interface Group {
  sizeBytes: number;
  empty: () => G1 | G2 | GT;
  identity: G1 | G2 | GT;
  combine: (z: number, x: number, y: number) => void;
  invert: (y: number, x: number) => void;
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
      invert: module._mclBnG1_neg,
      normalise: (table, entries) => module._mclBnG1_normalizeVec(table, table, entries),
    };
  if (base instanceof mcl.G2)
    return {
      sizeBytes: 288,
      empty: () => new mcl.G2(),
      identity: new mcl.G2(),
      combine: module._mclBnG2_add,
      invert: module._mclBnG2_neg,
      normalise: (table, entries) => module._mclBnG2_normalizeVec(table, table, entries),
    };
  return {
    sizeBytes: 576,
    empty: () => new mcl.GT(),
    identity: one(),
    combine: module._mclBnGT_mul,
    // The conjugate.
    invert: module._mclBnGT_inv,
    normalise: () => {},
  };
}

function one(): GT {
  const value = new mcl.GT();
  value.setInt(1);
  return value;
}
