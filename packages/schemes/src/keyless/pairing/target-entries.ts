import { raw } from './mcl.ts';
import { ENTRY_BYTES, PAIR_BYTES } from './target-loop.ts';
import { onStack, theLoop } from './target-memory.ts';

/**
 * Of elements x + y·w, one behind the other, the entries y/x, each to where it belongs, with one inversion for all, in two chains
 * beside each other (Montgomery's trick).
 */
export function writeEntries(elements: number, count: number, placeOf: (k: number) => number): void {
  const { loop } = theLoop();
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
  invert(rest, pair(before, couples - 1));
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
function invert(out: number, pair: number): void {
  const { loop } = theLoop();
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
