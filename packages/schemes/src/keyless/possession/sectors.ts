import { assert, type Bytes, fromBase64url } from '@salus/base';
import { type Fr, ORDER, scalarFromWide, writeScalar } from '../pairing/curve.ts';
import { SECTORS_WASM } from './sectors-wasm.gen.ts';

/** Sectors of a block: 31 bytes each, the most that is always below the order of the groups. */
export const SECTORS = 2048;
const SECTOR_BYTES = 31;
export const BLOCK_BYTES = SECTORS * SECTOR_BYTES;
/** Blocks that may be combined before the sums could overflow (asm/sectors.ts). */
export const COMBINED_LIMIT = 1_300;

const LIMBS = 10;
const LIMB_BITS = 26n;
const LIMB_MASK = (1n << LIMB_BITS) - 1n;
const SUMS_OF_SECTOR_BYTES = 256;
const ODD_AT = 16;

interface Loop {
  memory: WebAssembly.Memory;
  WEIGHTS: WebAssembly.Global;
  BLOCK: WebAssembly.Global;
  SUMS: WebAssembly.Global;
  evaluate(): void;
  clear(): void;
  combine(): void;
}

let compiled: WebAssembly.Module | undefined;

function newLoop(): Loop {
  compiled ??= new WebAssembly.Module(fromBase64url(SECTORS_WASM) as Uint8Array<ArrayBuffer>);
  return new WebAssembly.Instance(compiled).exports as unknown as Loop;
}

/** A block as the loops read it: shorter ones are filled with zeros. Asserts that it is not longer. */
function place(loop: Loop, block: Bytes): void {
  assert(block.length <= BLOCK_BYTES, 'a block has at most 2,048 sectors');
  const at = loop.BLOCK.value as number;
  const memory = new Uint8Array(loop.memory.buffer, at, BLOCK_BYTES + 8);
  memory.set(block);
  memory.fill(0, block.length);
}

function writeLimbs(target: Uint32Array, at: number, value: bigint): void {
  let rest = value;
  for (let k = 0; k < LIMBS; k++) {
    target[at + k] = Number(rest & LIMB_MASK);
    rest >>= LIMB_BITS;
  }
}

const numberOf = (scalar: Fr): bigint => {
  let value = 0n;
  for (const byte of writeScalar(scalar)) value = (value << 8n) | BigInt(byte);
  return value;
};

/** A number below 2^512 modulo the order. */
function scalarOf(value: bigint): Fr {
  const wide = new Uint8Array(64);
  let rest = value % ORDER;
  for (let i = 63; rest > 0n; i--) {
    wide[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return scalarFromWide(wide);
}

/**
 * The polynomial whose coefficients are a block's sectors, at one point: Σ sector_j · x^j. The point may be secret: the
 * loop does not depend on it; reducing the one sum of a block takes big numbers, whose time may. About 0.2 ms a block, after a set-up of some milliseconds.
 */
export class BlockEvaluator {
  readonly #loop = newLoop();

  /** 1, x, x², … as weights. */
  constructor(x: Fr) {
    const weights = new Uint32Array(this.#loop.memory.buffer, this.#loop.WEIGHTS.value as number, SECTORS * LIMBS);
    const step = numberOf(x);
    let power = 1n;
    for (let j = 0; j < SECTORS; j++) {
      writeLimbs(weights, j * LIMBS, power);
      power = (power * step) % ORDER;
    }
  }

  at(block: Bytes): Fr {
    place(this.#loop, block);
    this.#loop.evaluate();
    const limbs = new BigUint64Array(this.#loop.memory.buffer, this.#loop.SUMS.value as number, 21);
    let sum = 0n;
    for (let k = 20; k >= 0; k--) sum = (sum << LIMB_BITS) + limbs[k]!;
    return scalarOf(sum);
  }

  /** Forgets the powers. */
  clear(): void {
    new Uint8Array(this.#loop.memory.buffer).fill(0);
  }
}

/** Sums blocks sector by sector, each block times a weight of at most 128 bits: f_j = Σ v_i · sector_ij. */
export class BlockCombiner {
  readonly #loop = newLoop();
  #blocks = 0;

  /** Asserts that no more than `COMBINED_LIMIT` are added. About 0.2 ms. */
  add(block: Bytes, weight: bigint): void {
    assert(++this.#blocks <= COMBINED_LIMIT, 'as many blocks as fit the sums');
    assert(weight < 1n << 128n, 'a weight of 128 bits');
    writeLimbs(new Uint32Array(this.#loop.memory.buffer, this.#loop.WEIGHTS.value as number, LIMBS), 0, weight);
    place(this.#loop, block);
    this.#loop.combine();
  }

  /** The 2,048 sums modulo the order. */
  sums(): Fr[] {
    const at = this.#loop.SUMS.value as number;
    return Array.from({ length: SECTORS }, (_, j) => {
      const limbs = new BigUint64Array(this.#loop.memory.buffer, at + j * SUMS_OF_SECTOR_BYTES, 2 * ODD_AT);
      let sum = 0n;
      for (let k = ODD_AT - 1; k >= 0; k--)
        sum = (sum << LIMB_BITS) + limbs[k]! + (k > 0 ? limbs[ODD_AT + k - 1]! : 0n);
      return scalarOf(sum);
    });
  }
}
