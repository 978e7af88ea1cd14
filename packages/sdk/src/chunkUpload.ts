import { FRAME_HEAD_BYTES, LIMITS, writeFrameHead } from '@salus/api';
import type { Bytes } from '@salus/base';
import type { Progress } from './content.ts';
import type { Device } from './device.ts';

/**
 * Collects sealed chunks into requests below the limit; some are on their way while the next is sealed. Chunks are sealed right
 * into their request, and requests that were answered are filled again: memory stays at a few requests for a file of any size.
 */
export class ChunkUpload {
  sentBytes = 0;
  #request: Bytes = new Uint8Array(0);
  #usedBytes = 0;
  #chunkBytes = 0;
  #placed: Bytes = this.#request;
  readonly #spare: Bytes[] = [];
  readonly #underWay: Promise<void>[] = [];

  constructor(
    readonly device: Device,
    readonly onProgress: (progress: Progress) => void,
    readonly onSent: () => Promise<void>,
  ) {}

  /** Where a chunk of so many bytes is to be written. Then tell its hash with `add`, before the next room is asked for. */
  async room(sizeBytes: number): Promise<Bytes> {
    const needed = FRAME_HEAD_BYTES + sizeBytes;
    if (this.#usedBytes + needed > UPLOAD_BYTES) {
      const before = this.sentBytes;
      await this.#send();
      if (this.sentBytes > before) await this.onSent();
    }
    if (this.#usedBytes + needed > this.#request.length) this.#widen(needed);
    this.#placed = this.#request.subarray(this.#usedBytes, this.#usedBytes + needed);
    return this.#placed.subarray(FRAME_HEAD_BYTES);
  }

  /** Adds the chunk that was written into the room given last. */
  add(hash: Bytes): void {
    writeFrameHead(this.#placed, hash);
    this.#usedBytes += this.#placed.length;
    this.#chunkBytes += this.#placed.length - FRAME_HEAD_BYTES;
    this.onProgress({ step: 'protecting', doneBytes: this.sentBytes + this.#chunkBytes });
  }

  /** Resolves when everything added is stored. */
  async flush(): Promise<void> {
    await this.#send();
    await Promise.all(this.#underWay);
  }

  /** A small record gets a small request; what outgrows it gets a whole one. */
  #widen(needed: number): void {
    const begun = this.#request.subarray(0, this.#usedBytes);
    const sizeBytes = begun.length + needed;
    if (sizeBytes <= SMALL_BYTES) this.#request = new Uint8Array(SMALL_BYTES);
    else this.#request = this.#spare.pop() ?? new Uint8Array(Math.max(UPLOAD_BYTES, sizeBytes));
    this.#request.set(begun);
  }

  /** Starts a request with what waits, once fewer than the limit are under way. */
  async #send(): Promise<void> {
    while (this.#underWay.length >= REQUESTS_UNDER_WAY) await this.#underWay.shift();
    if (this.#usedBytes === 0) return;
    const [filled, sizeBytes] = [this.#request, this.#chunkBytes];
    const body = filled.subarray(0, this.#usedBytes);
    this.#request = new Uint8Array(0);
    this.#usedBytes = 0;
    this.#chunkBytes = 0;
    const request = this.device.client.call('putChunks', body).then(() => {
      this.sentBytes += sizeBytes;
      if (filled.length === UPLOAD_BYTES) this.#spare.push(filled);
      this.onProgress({ step: 'sending', doneBytes: this.sentBytes });
    });
    // Its failure is told to whoever waits for it.
    request.catch(() => undefined);
    this.#underWay.push(request);
  }
}

// Some are written and flushed in the clouds while another arrives; memory stays at a few requests.
const REQUESTS_UNDER_WAY = 3;
// Half of what a request may hold: a stripe's worth, and room for the head of the largest chunk. A chunk is never larger.
const UPLOAD_BYTES = LIMITS.requestBytes / 2 + 64 * 1024;
// Readings and letters, with their manifest.
const SMALL_BYTES = 64 * 1024;
