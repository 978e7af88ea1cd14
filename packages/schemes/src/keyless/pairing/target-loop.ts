import { fromBase64url } from '@salus/base';
import { raw } from './mcl.ts';
import { type Addresses, writeConstants } from './target-constants.ts';
import { TARGET_WASM } from './target-wasm.gen.ts';

/** An entry of a table: an element of Fp6. */
export const ENTRY_BYTES = 336;
/** A pair of elements of Fp6; the two halves of one of Fp12, the second the one times w. */
export const PAIR_BYTES = 2 * ENTRY_BYTES;

/** An element of Fp12 in the library's memory. */
export const GT_BYTES = 576;
/** Digits of a scalar to the base of the curve's parameter, lowest first. */
export const DIGITS = 4;
export const DIGIT_BYTES = 8;
/** The highest: the parameter of BLS12-381 is −0xd201000000010000. */
export const HIGHEST_DIGIT = 0xd20100000000ffffn;
const PAGE_BYTES = 65_536;

interface Exports extends Addresses {
  memory: WebAssembly.Memory;
  FREE: WebAssembly.Global;
  extend(x: number, t: number, negative: number): void;
  digits(out: number, number: number): void;
  walk(x: number, table: number, digit: number, bits: number, negative: number): void;
  raise(x: number): void;
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
    writeConstants(this.#exports.memory, this.#exports);
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

  /** Four digits to the base of the curve's parameter, 8 bytes each, lowest first, of a scalar below r (32 bytes, big-endian). */
  digits(out: number, scalar: Uint8Array): void {
    const moved = new Uint8Array(this.#exports.memory.buffer, this.#moved, scalar.length);
    moved.set(scalar);
    this.#exports.digits(out, this.#moved);
    moved.fill(0);
  }

  /** x times the power that a digit says, or its inverse where `negative` is −1, by a base's table of windows of so many bits. */
  walk(x: number, table: number, digit: number, bits: number, negative: number): void {
    this.#exports.walk(x, table, digit, bits, negative);
  }

  /** x to the power of p into x, an element of Fp12. */
  raise(x: number): void {
    this.#exports.raise(x);
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
}

const theirBytes = (at: number) => new Uint8Array(raw().HEAP32.buffer, at, GT_BYTES);
