import { type Bytes, fromBase64url } from '@salus/base';
import { schemes } from '../errors.ts';
import { digest } from '../keyless/hash.ts';
import { tag } from '../keyless/suite.ts';
import { CHUNKER_WASM } from './chunker-wasm.gen.ts';

/** Sizes of a chunk in bytes. Up to the mean a cut is twice as rare, beyond it twice as likely. */
export interface ChunkSizes {
  minimum: number;
  /** A power of two. */
  mean: number;
  maximum: number;
}

/**
 * About 1 MiB: a small edit costs about that, a gigabyte's manifest stays near 100 KB, and a chunk fits in one upload
 * request with room to spare.
 */
export const CHUNK_SIZES: ChunkSizes = { minimum: 262_144, mean: 1_048_576, maximum: 4_194_304 };

/** Bytes the hash reaches back; a chunk must hold at least as many. */
const WINDOW_BYTES = 64;
/** Fed to the scanner at a time: what is re-read behind a cut is at most this. */
const STEP_BYTES = 65_536;
/**
 * Bits by which cuts are made rarer before the mean and likelier behind it (Xia and others, FastCDC, 2016). One rather
 * than two: sizes vary a little more, and cuts fall into step sooner after an edit.
 */
const NORMALISATION_BITS = 1;

interface Scanner {
  memory: WebAssembly.Memory;
  TABLE: WebAssembly.Global;
  BUFFER: WebAssembly.Global;
  configure(minimum: number, mean: number, maximum: number, hardBits: number, easyBits: number): void;
  scan(from: number, to: number): number;
}

let compiled: WebAssembly.Module | undefined;
let gear: BigUint64Array | undefined;

/**
 * Cuts a stream into chunks where its content says so (a rolling gear hash), so that an insertion changes the chunk
 * around it, seldom a second, hardly ever more. The cuts depend on the bytes alone, not on how they are pushed. About 1 GB/s.
 * Memory: the largest chunk.
 */
export class Chunker {
  readonly #sizes: ChunkSizes;
  readonly #scanner: Scanner;
  readonly #buffer: Bytes;
  #length = 0;
  /** How far the buffer was ever written. */
  #reached = 0;

  /** Throws `chunk-bounds` unless 64 ≤ minimum < mean ≤ maximum ≤ 4 MiB and the mean is a power of two from 128. */
  constructor(sizes: ChunkSizes = CHUNK_SIZES) {
    if (!sound(sizes)) throw schemes('chunk-bounds');
    this.#sizes = sizes;
    compiled ??= new WebAssembly.Module(fromBase64url(CHUNKER_WASM) as Uint8Array<ArrayBuffer>);
    this.#scanner = new WebAssembly.Instance(compiled).exports as unknown as Scanner;
    const { memory, TABLE, BUFFER } = this.#scanner;
    new BigUint64Array(memory.buffer, TABLE.value, 256).set((gear ??= gearTable()));
    this.#buffer = new Uint8Array(memory.buffer, BUFFER.value, CHUNK_SIZES.maximum);
    const bits = Math.log2(sizes.mean);
    const { minimum, mean, maximum } = sizes;
    this.#scanner.configure(minimum, mean, maximum, bits + NORMALISATION_BITS, bits - NORMALISATION_BITS);
  }

  /** Takes the next bytes of the stream; gives the chunks that they complete, each a view that is valid until the next step. */
  *push(bytes: Bytes): Generator<Bytes> {
    for (let at = 0; at < bytes.length; ) {
      const from = this.#length;
      const step = Math.min(bytes.length - at, this.#sizes.maximum - from, STEP_BYTES);
      this.#buffer.set(bytes.subarray(at, at + step), from);
      this.#reached = Math.max(this.#reached, from + step);
      const end = this.#scanner.scan(from, from + step);
      at += end > 0 ? end - from : step;
      this.#length = end > 0 ? 0 : from + step;
      if (end > 0) yield this.#buffer.subarray(0, end);
    }
  }

  /** Ends the stream; gives what is left, if anything, as `push` does. The chunker can then be used for another. */
  *finish(): Generator<Bytes> {
    if (this.#length > 0) yield this.#buffer.subarray(0, this.#length);
    this.#buffer.fill(0, 0, this.#reached);
    this.#length = 0;
    this.#reached = 0;
  }
}

const sound = ({ minimum, mean, maximum }: ChunkSizes): boolean =>
  [minimum, mean, maximum].every(Number.isInteger) &&
  WINDOW_BYTES <= minimum &&
  minimum < mean &&
  mean <= maximum &&
  maximum <= CHUNK_SIZES.maximum &&
  Number.isInteger(Math.log2(mean));

/**
 * 256 numbers from a public constant: the first eight bytes of a digest each, big-endian. Public, because chunks are
 * sealed under keys of their own and nothing is shared between records; what the cuts show is the sizes of the chunks,
 * by which somebody who holds the same file could recognise it (spec/schemes.md).
 */
function gearTable(): BigUint64Array {
  const bytesOf = (value: number) => new DataView(digest(tag('chunker/gear'), Uint8Array.of(value)).slice(0, 8).buffer);
  return BigUint64Array.from({ length: 256 }, (_, value) => bytesOf(value).getBigUint64(0));
}
