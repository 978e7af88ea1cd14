import type { Bytes } from '@salus/base';

/** Sizes are rounded up to this, so that stripes of nearly one size share their arrays. */
const STEP_BYTES = 64 * 1024;
// Below this an array costs less than looking for one.
const LEAST_BYTES = 64 * 1024;

/**
 * Arrays used again, up to so many bytes of them. An array of a mebibyte made for every shard is what writing costs most: each is
 * cleared, and the collector runs over everything else whenever a few dozen of them have been dropped.
 */
export class Buffers {
  readonly #free = new Map<number, ArrayBuffer[]>();
  readonly #taken = new WeakSet<ArrayBufferLike>();
  #freeBytes = 0;

  constructor(readonly limitBytes: number) {}

  /** An array with anything in it. */
  take(sizeBytes: number): Bytes {
    if (sizeBytes < LEAST_BYTES) return new Uint8Array(sizeBytes);
    const capacity = Math.ceil(sizeBytes / STEP_BYTES) * STEP_BYTES;
    const found = this.#free.get(capacity)?.pop();
    if (found) this.#freeBytes -= capacity;
    const array = found ?? new ArrayBuffer(capacity);
    this.#taken.add(array);
    return new Uint8Array(array, 0, sizeBytes);
  }

  /** Takes back an array, or a view of it, that nobody will look at again. Does nothing with one that was not taken here. */
  give({ buffer }: Bytes): void {
    const capacity = buffer.byteLength;
    if (!this.#taken.delete(buffer) || this.#freeBytes + capacity > this.limitBytes) return;
    const free = this.#free.get(capacity);
    if (free) free.push(buffer as ArrayBuffer);
    else this.#free.set(capacity, [buffer as ArrayBuffer]);
    this.#freeBytes += capacity;
  }
}
