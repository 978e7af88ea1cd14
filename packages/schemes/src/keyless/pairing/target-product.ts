import type { Fr, GT } from './curve.ts';
import { mcl, raw } from './mcl.ts';
import { DIGIT_BYTES, DIGITS, PAIR_BYTES } from './target-loop.ts';
import { onStack, theLoop } from './target-memory.ts';
import type { TargetTable } from './target-table.ts';

/** Bases and what they are raised to. */
type Terms = readonly (readonly [TargetTable, Fr])[];

/** Π base^scalar, with `onto` that times as much. */
export function product(terms: Terms, onto?: GT): GT {
  const { loop, one } = theLoop();
  const element = loop.take(PAIR_BYTES);
  loop.copy(element, one, PAIR_BYTES);
  extend(element, terms);
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

/**
 * Multiplies an element by Π base^scalar. A base to the power of digits d to the base X of the curve's parameter −X is
 * ((base^−d3)^p · base^d2)^p …: what raising to p costs, all bases share.
 */
function extend(element: number, terms: Terms): void {
  const { loop } = theLoop();
  const sizeBytes = terms.length * DIGITS * DIGIT_BYTES;
  const digits = loop.take(sizeBytes);
  const at = (term: number, digit: number) => digits + (term * DIGITS + digit) * DIGIT_BYTES;
  for (const [i, [, scalar]] of terms.entries()) {
    const bytes = scalar.serialize();
    loop.digits(at(i, 0), bytes);
    bytes.fill(0);
  }
  for (let digit = DIGITS - 1; digit >= 0; digit--) {
    if (digit < DIGITS - 1) loop.raise(element);
    for (const [i, [table]] of terms.entries()) table.extend(element, at(i, digit), digit % 2 === 1);
  }
  loop.clear(digits, sizeBytes);
  loop.give(digits, sizeBytes);
}
