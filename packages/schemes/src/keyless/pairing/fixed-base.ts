import { assert } from '@salus/base';
import type { Fr, G1, G2 } from './curve.ts';
import { halfOf, signedDigits, type WindowBits, windowsOf } from './digits.ts';
import { mcl, raw } from './mcl.ts';

/**
 * Multiples of one base, kept in WebAssembly memory: entry (w, d) is d · 2^(bits·w) · base for d from 0 to 2^(bits−1). What stands
 * under negative digits of a scalar is summed apart and subtracted at the end, so a multiple is one group operation for each window
 * and two more. Every window costs the same operation, digit zero included; which entry is read, and for which sum, depends on the
 * scalar, a residual that SECURITY names with the timing of the platform's arithmetic.
 * Size: (2^(bits−1) + 1) · ⌈256/bits⌉ entries of 144 B (G1), 288 B (G2). To make it costs an operation an entry. Free it: the
 * collector does not. For GT there is `TargetTable`.
 */
export class FixedBase<Element extends G1 | G2> {
  readonly #bits: WindowBits;
  readonly #group: Group;
  readonly #table: number;
  /** Entries of a window. */
  readonly #width: number;

  constructor(base: Element, bits: WindowBits) {
    this.#group = groupOf(base);
    this.#bits = bits;
    this.#width = halfOf(bits) + 1;
    const entries = windowsOf(bits) * this.#width;
    this.#table = raw()._malloc(entries * this.#group.sizeBytes);
    assert(this.#table !== 0, 'the module has memory for a bounded number of tables');
    this.#fill(base);
    this.#group.normalise(this.#table, entries);
  }

  #at(window: number, digit: number): number {
    return this.#table + (window * this.#width + digit) * this.#group.sizeBytes;
  }

  #fill(base: Element): void {
    const { combine, identity } = this.#group;
    const half = this.#width - 1;
    for (let window = 0; window < windowsOf(this.#bits); window++) {
      identity.copyToMem(this.#at(window, 0));
      if (window === 0) base.copyToMem(this.#at(0, 1));
      else combine(this.#at(window, 1), this.#at(window - 1, half), this.#at(window - 1, half));
      for (let digit = 2; digit <= half; digit++)
        combine(this.#at(window, digit), this.#at(window, digit - 1), this.#at(window, 1));
    }
  }

  /** scalar · base. */
  times(scalar: Fr): Element {
    const { sizeBytes, empty, identity, combine, invert } = this.#group;
    const module = raw();
    const stack = module.stackSave();
    const [added, subtracted] = [module.stackAlloc(sizeBytes), module.stackAlloc(sizeBytes)];
    for (const sum of [added, subtracted]) identity.copyToMem(sum);
    const digits = signedDigits(scalar, this.#bits);
    for (const [window, digit] of digits.entries()) {
      const sum = digit < 0 ? subtracted : added;
      combine(sum, sum, this.#at(window, Math.abs(digit)));
    }
    digits.fill(0);
    invert(subtracted, subtracted);
    combine(added, added, subtracted);
    const result = empty() as Element;
    result.copyFromMem(added);
    for (const sum of [added, subtracted]) identity.copyToMem(sum);
    module.stackRestore(stack);
    return result;
  }

  /** Returns the table's memory. The table must not be used afterwards. */
  free(): void {
    raw()._free(this.#table);
  }
}

interface Group {
  sizeBytes: number;
  empty: () => G1 | G2;
  identity: G1 | G2;
  combine: (z: number, x: number, y: number) => void;
  invert: (y: number, x: number) => void;
  normalise: (table: number, entries: number) => void;
}

function groupOf(base: G1 | G2): Group {
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
  return {
    sizeBytes: 288,
    empty: () => new mcl.G2(),
    identity: new mcl.G2(),
    combine: module._mclBnG2_add,
    invert: module._mclBnG2_neg,
    normalise: (table, entries) => module._mclBnG2_normalizeVec(table, table, entries),
  };
}
