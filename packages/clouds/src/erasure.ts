import { assert, type Bytes } from '@salus/base';
import { ERASURE_WASM } from './erasure-wasm.gen.ts';
import { generator, invert, type Matrix, multiply, product } from './gf256.ts';

/** Most shards of a stripe: beyond it decoding tables outgrow the cache, and nobody has more independent clouds. */
export const SHARDS_LIMIT = 32;

// A tile of each shard is coded at a time: six tiles and the tables stay in a core's second-level cache, and the
// module's memory stays the same for any length of shard.
const TILE_BYTES = 32 * 1024;
const INPUTS_AT = 65_536;
const OUTPUTS_AT = INPUTS_AT + SHARDS_LIMIT * TILE_BYTES;
const TABLES_AT = OUTPUTS_AT + SHARDS_LIMIT * TILE_BYTES;

interface Kernel {
  memory: WebAssembly.Memory;
  multiply(
    inputs: number,
    k: number,
    outputs: number,
    rows: number,
    tables: number,
    stride: number,
    length: number,
  ): void;
}

const kernel = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(ERASURE_WASM, 'base64')), {
  env: {
    abort: () => {
      throw new Error('the erasure kernel stopped');
    },
  },
}).exports as unknown as Kernel;
const memory = new Uint8Array(kernel.memory.buffer);

/**
 * The n − k parity shards of k data shards of equal length (Cauchy Reed–Solomon, spec/stripes.md). Any k of the n shards
 * give all others back. Linear in n − k times the data.
 */
export function encode(k: number, n: number, dataShards: readonly Bytes[]): Bytes[] {
  const parity = Array.from({ length: n - k }, () => new Uint8Array(dataShards[0]?.length ?? 0));
  encodeInto(k, n, dataShards, parity);
  return parity;
}

/** As `encode`, into arrays that are there already. */
export function encodeInto(k: number, n: number, dataShards: readonly Bytes[], parity: readonly Bytes[]): void {
  checkCode(k, n);
  assert(dataShards.length === k && parity.length === n - k, 'k data and n − k parity shards');
  combine(parityRows(k, n), dataShards, parity);
}

/**
 * The wanted shards, by index, from any k present ones. Throws an assertion with fewer: callers count first. O(k³) for
 * the matrix, then linear in k times the data wanted.
 */
export function reconstruct(
  k: number,
  n: number,
  present: ReadonlyMap<number, Bytes>,
  wanted: readonly number[],
): Bytes[] {
  checkCode(k, n);
  const chosen = [...present.keys()].sort((a, b) => a - b).slice(0, k);
  assert(chosen.length === k && chosen[k - 1]! < n && wanted.every((i) => i >= 0 && i < n), 'k shards of this code');
  const inputs = chosen.map((index) => present.get(index)!);
  const rows = generator(k, n);
  const decode = invert(chosen.map((index) => rows[index]!));
  assert(decode, 'every k rows of the generator are independent');
  const outputs = wanted.map(() => new Uint8Array(inputs[0]!.length));
  const combination = product(
    wanted.map((index) => rows[index]!),
    decode,
  );
  combine(combination, inputs, outputs);
  return outputs;
}

function checkCode(k: number, n: number): void {
  assert(Number.isInteger(k) && Number.isInteger(n) && k >= 1 && k < n && n <= SHARDS_LIMIT, '1 ≤ k < n ≤ 32');
}

const parityRows = (k: number, n: number): Matrix => generator(k, n).slice(k);

/** outputs = rows · inputs, tile by tile through the module's memory. */
function combine(rows: Matrix, inputs: readonly Bytes[], outputs: readonly Bytes[]): void {
  const length = inputs[0]!.length;
  assert(
    [...inputs, ...outputs].every((shard) => shard.length === length),
    'shards of one length',
  );
  writeTables(rows);
  for (let from = 0; from < length; from += TILE_BYTES) {
    const size = Math.min(TILE_BYTES, length - from);
    inputs.forEach((input, j) => {
      memory.set(input.subarray(from, from + size), INPUTS_AT + j * TILE_BYTES);
    });
    kernel.multiply(INPUTS_AT, inputs.length, OUTPUTS_AT, rows.length, TABLES_AT, TILE_BYTES, size);
    outputs.forEach((output, r) => {
      const at = OUTPUTS_AT + r * TILE_BYTES;
      output.set(memory.subarray(at, at + size), from);
    });
  }
}

function writeTables(rows: Matrix): void {
  let at = TABLES_AT;
  for (const row of rows)
    for (const coefficient of row)
      for (let nibble = 0; nibble < 16; nibble++) {
        memory[at + nibble] = multiply(coefficient, nibble);
        memory[at + 16 + nibble] = multiply(coefficient, nibble << 4);
        if (nibble === 15) at += 32;
      }
}
