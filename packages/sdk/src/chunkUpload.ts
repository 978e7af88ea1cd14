import { type FramedChunk, frameChunks, LIMITS } from '@salus/api';
import type { Bytes } from '@salus/base';
import type { Progress } from './content.ts';
import type { Device } from './device.ts';

/** Collects sealed chunks into requests below the limit; some are on their way while the next is sealed. */
export class ChunkUpload {
  sentBytes = 0;
  #waiting: FramedChunk[] = [];
  #waitingBytes = 0;
  readonly #underWay: Promise<void>[] = [];

  constructor(
    readonly device: Device,
    readonly onProgress: (progress: Progress) => void,
    readonly onSent: () => Promise<void>,
  ) {}

  async add(hash: Bytes, bytes: Bytes): Promise<void> {
    if (this.#waitingBytes + bytes.length > UPLOAD_BYTES) {
      const before = this.sentBytes;
      await this.#send();
      if (this.sentBytes > before) await this.onSent();
    }
    this.#waiting.push({ hash, bytes });
    this.#waitingBytes += bytes.length;
    this.onProgress({ step: 'protecting', doneBytes: this.sentBytes + this.#waitingBytes });
  }

  /** Resolves when everything added is stored. */
  async flush(): Promise<void> {
    await this.#send();
    await Promise.all(this.#underWay);
  }

  /** Starts a request with what waits, once fewer than the limit are under way. */
  async #send(): Promise<void> {
    while (this.#underWay.length >= REQUESTS_UNDER_WAY) await this.#underWay.shift();
    if (this.#waiting.length === 0) return;
    const [chunks, sizeBytes] = [this.#waiting, this.#waitingBytes];
    this.#waiting = [];
    this.#waitingBytes = 0;
    const request = this.device.client.call('putChunks', frameChunks(chunks)).then(() => {
      this.sentBytes += sizeBytes;
      this.onProgress({ step: 'sending', doneBytes: this.sentBytes });
    });
    // Its failure is told to whoever waits for it.
    request.catch(() => undefined);
    this.#underWay.push(request);
  }
}

// One is written and flushed in the clouds while the other arrives; memory stays at a few requests.
const REQUESTS_UNDER_WAY = 2;
// Hashes and framing of a request take the rest.
const UPLOAD_BYTES = LIMITS.requestBytes - 256 * 1024;
