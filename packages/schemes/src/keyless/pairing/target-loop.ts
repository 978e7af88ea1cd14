import { assert, fromBase64url } from '@salus/base';
import { raw } from './mcl.ts';
import { TARGET_WASM } from './target-wasm.gen.ts';

/** An entry of a table: an element of Fp6. */
export const ENTRY_BYTES = 336;
/** A pair of elements of Fp6; the two halves of one of Fp12, the second the one times w. */
export const PAIR_BYTES = 2 * ENTRY_BYTES;

/** An element of Fp12 in the library's memory. */
export const GT_BYTES = 576;
const LIMBS = 14;
const LIMB_BITS = 28n;
const LIMB_MASK = (1n << LIMB_BITS) - 1n;
const PAGE_BYTES = 65_536;

/** p, the field of BLS12-381. */
const P = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;

type Constant = 'P' | 'TWO' | 'FOUR' | 'NEGATIVE_INVERSE' | 'INWARD' | 'OUTWARD' | 'BIAS' | 'FREE';

interface Exports extends Record<Constant, WebAssembly.Global> {
  memory: WebAssembly.Memory;
  extend(x: number, t: number, negative: number): void;
  multiply(out: number, x: number, t: number): void;
  zip(firsts: number, seconds: number, one: number, other: number): void;
  split(first: number, second: number, pair: number): void;
  read(out: number, from: number): void;
  write(from: number, out: number): void;
}

/**
 * Arithmetic of GT's field in memory of its own (asm/target.ts says what is computed, and why so). Addresses are those of this memory; what
 * was taken is given back by whoever took it.
 */
export class TargetLoop {
  readonly #exports: Exports;
  readonly #moved: number;
  /** Pieces given back, by their size: tables come in few sizes. */
  readonly #spare = new Map<number, number[]>();
  #end: number;

  constructor() {
    const module = new WebAssembly.Module(fromBase64url(TARGET_WASM) as Uint8Array<ArrayBuffer>);
    this.#exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.#writeConstants();
    this.#end = this.#exports.FREE.value;
    this.#moved = this.take(GT_BYTES);
  }

  /** So many bytes, of anything. */
  take(sizeBytes: number): number {
    const found = this.#spare.get(sizeBytes)?.pop();
    if (found !== undefined) return found;
    const at = this.#end;
    this.#end += Math.ceil(sizeBytes / 16) * 16;
    const missing = this.#end - this.#exports.memory.buffer.byteLength;
    if (missing > 0) this.#exports.memory.grow(Math.ceil(missing / PAGE_BYTES));
    return at;
  }

  give(at: number, sizeBytes: number): void {
    const spare = this.#spare.get(sizeBytes);
    if (spare) spare.push(at);
    else this.#spare.set(sizeBytes, [at]);
  }

  clear(at: number, sizeBytes: number): void {
    new Uint8Array(this.#exports.memory.buffer, at, sizeBytes).fill(0);
  }

  copy(to: number, from: number, sizeBytes: number): void {
    new Uint8Array(this.#exports.memory.buffer).copyWithin(to, from, from + sizeBytes);
  }

  /** x·(1 + t·w) into x, an element of Fp12, for an entry t; with −t where `negative` is −1 rather than 0. */
  extend(x: number, t: number, negative: number): void {
    this.#exports.extend(x, t, negative);
  }

  /** out = x · t, for pairs. */
  multiply(out: number, x: number, t: number): void {
    this.#exports.multiply(out, x, t);
  }

  /** Two pairs to a pair of their first and a pair of their second elements. */
  zip(firsts: number, seconds: number, one: number, other: number): void {
    this.#exports.zip(firsts, seconds, one, other);
  }

  /** A pair to two entries. */
  split(first: number, second: number, pair: number): void {
    this.#exports.split(first, second, pair);
  }

  /** An element of Fp12 from where the library has it in its own memory, which is overwritten. */
  read(out: number, theirs: number): void {
    const [moved, heap] = [this.#movedBytes(), theirBytes(theirs)];
    moved.set(heap);
    heap.fill(0);
    this.#exports.read(out, this.#moved);
    moved.fill(0);
  }

  /** An element of Fp12 to where the library is to have it. */
  write(from: number, theirs: number): void {
    this.#exports.write(from, this.#moved);
    const moved = this.#movedBytes();
    theirBytes(theirs).set(moved);
    moved.fill(0);
  }

  #movedBytes(): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, this.#moved, GT_BYTES);
  }

  #writeConstants(): void {
    const { memory, ...at } = this.#exports;
    const view = new DataView(memory.buffer);
    const put = (constant: Constant, strideBytes: number, numbers: readonly bigint[]) => {
      for (const [i, number] of numbers.entries())
        view.setBigUint64(at[constant].value + i * strideBytes, number, true);
    };
    put('P', 4, limbsOf(P));
    put('TWO', 8, lifted(2n * P, 1n).map(inBothLanes));
    put('FOUR', 8, lifted(4n * P, 2n));
    put('NEGATIVE_INVERSE', 4, [negativeInverse()]);
    put('INWARD', 8, limbsOf(2n ** 400n % P).map(inBothLanes));
    put('OUTWARD', 8, limbsOf(2n ** 384n % P).map(inBothLanes));
    const bias = biasColumns();
    put('BIAS', 16, bias);
    for (const [i, column] of bias.entries()) view.setBigUint64(at.BIAS.value + i * 16 + 8, column, true);
  }
}

const theirBytes = (at: number) => new Uint8Array(raw().HEAP32.buffer, at, GT_BYTES);

const inBothLanes = (limb: bigint): bigint => limb | (limb << 32n);

/**
 * A multiple of p in columns of 28 bits, each as large as what may be subtracted there (asm/target.ts): 100 products of limbs below 2^28, and
 * less in the last three, where one or both limbs are the highest, which are below 2^19.
 */
function biasColumns(): bigint[] {
  const columns = Array.from({ length: 27 }, (_, i) => (i < 24 ? 101n << 56n : 1n << [59n, 51n, 40n][i - 24]!));
  const rest = columns.reduceRight((sum, column) => (sum << LIMB_BITS) + column, 0n) % P;
  for (const [i, limb] of limbsOf(rest).entries()) columns[i]! -= limb;
  return columns;
}

function limbsOf(value: bigint): bigint[] {
  return Array.from({ length: LIMBS }, (_, i) => (value >> (LIMB_BITS * BigInt(i))) & LIMB_MASK);
}

/** The same number, each limb but the last with `by` · 2^28 more: what a limb is subtracted from without going below zero. */
function lifted(value: bigint, by: bigint): bigint[] {
  return limbsOf(value).map((limb, i) => limb + (i < LIMBS - 1 ? by << LIMB_BITS : 0n) - (i > 0 ? by : 0n));
}

/** −1/p modulo 2^28, each step right in twice as many bits (Hensel). */
function negativeInverse(): bigint {
  let inverse = 1n;
  for (let bits = 1; bits < LIMB_BITS; bits *= 2) inverse = (inverse * (2n - P * inverse)) & LIMB_MASK;
  assert(((inverse * P) & LIMB_MASK) === 1n, 'p is odd');
  return LIMB_MASK + 1n - inverse;
}
