import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Bytes, concat, equal } from '@salus/base';
import { ledgerError } from '../../errors.ts';
import {
  encodeFrame,
  FILE_MAGIC,
  FRAME_HEAD_BYTES,
  FRAME_LIMIT_BYTES,
  FRAME_MARKER,
  frameHolds,
  payloadLength,
} from './frame.ts';

/** Where a payload lies in the file. */
export interface Extent {
  offset: number;
  length: number;
}

/**
 * The append-only file that is the ledger: magic, then frames with the genesis and each block (spec/ledger.md). An append
 * is on disk when its promise resolves. Only the last frame can be unfinished, since the next begins after that.
 */
export class BlockLog {
  readonly #file: FileHandle;
  readonly #path: string;
  #end: number;
  /** Where the first block's frame begins. */
  readonly firstBlockAt: number;

  private constructor(path: string, file: FileHandle, end: number, genesisBytes: Bytes) {
    this.#path = path;
    this.#file = file;
    this.#end = end;
    this.firstBlockAt = FILE_MAGIC.length + FRAME_HEAD_BYTES + genesisBytes.length;
  }

  /** Opens the file, or makes it with the genesis in its first frame. Throws `ledger-foreign`, `block-log-damaged`. */
  static async open(path: string, genesisBytes: Bytes): Promise<BlockLog> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const log = new BlockLog(path, file, fstatSync(file.fd).size, genesisBytes);
    try {
      log.#begin(genesisBytes);
    } catch (thrown) {
      await file.close();
      throw thrown;
    }
    return log;
  }

  #begin(genesisBytes: Bytes): void {
    const start = concat(FILE_MAGIC, encodeFrame(genesisBytes));
    const held = this.#read({ offset: 0, length: Math.min(start.length, this.#end) });
    if (equal(held, start)) return;
    const unfinished = held.length < start.length && equal(held, start.subarray(0, held.length));
    if (!unfinished) {
      const ours = equal(held.subarray(0, FILE_MAGIC.length), FILE_MAGIC);
      throw ledgerError('ledger-foreign', {
        why: ours ? 'its genesis is another' : 'its first bytes are not a ledger’s',
      });
    }
    writeSync(this.#file.fd, start, 0, start.length, 0);
    fsyncSync(this.#file.fd);
    syncDirectory(dirname(this.#path));
    this.#end = start.length;
  }

  /** Bytes of the file up to the last whole frame. */
  get sizeBytes(): number {
    return this.#end;
  }

  /** Every block's payload from the first, up to the end or to the first frame that does not hold. */
  *payloads(): Generator<Extent & { payload: Bytes }> {
    for (let at = this.firstBlockAt; at < this.#end; ) {
      const frame = this.#frameAt(at);
      if (!frame) return;
      yield frame;
      at = frame.offset + frame.length;
    }
  }

  /**
   * Payloads of frames that begin anywhere behind a place where none holds. Throws `block-log-damaged` where there is more
   * behind it than one block, which no crash leaves.
   */
  *payloadsBehind(at: number): Generator<Bytes> {
    if (this.#end - at > FRAME_HEAD_BYTES + FRAME_LIMIT_BYTES)
      throw ledgerError('block-log-damaged', { offset: at, why: 'more than one block is unreadable' });
    const tail = Buffer.from(this.#read({ offset: at, length: this.#end - at }));
    for (let next = tail.indexOf(FRAME_MARKER); next >= 0; next = tail.indexOf(FRAME_MARKER, next + 1)) {
      const frame = this.#frameAt(at + next);
      if (frame) yield frame.payload;
    }
  }

  #frameAt(at: number): (Extent & { payload: Bytes }) | undefined {
    const head = this.#read({ offset: at, length: FRAME_HEAD_BYTES });
    const length = payloadLength(head);
    if (length === undefined || at + FRAME_HEAD_BYTES + length > this.#end) return undefined;
    const offset = at + FRAME_HEAD_BYTES;
    const payload = this.#read({ offset, length });
    return frameHolds(head, payload) ? { offset, length, payload } : undefined;
  }

  /** Cuts what a crash left behind the last whole frame. */
  cutAt(end: number): void {
    if (end === this.#end) return;
    ftruncateSync(this.#file.fd, end);
    fsyncSync(this.#file.fd);
    this.#end = end;
  }

  /** Appends a block. On disk when it resolves. After a rejection nothing may be appended until the log is opened again. */
  async append(payload: Bytes): Promise<Extent> {
    const at = this.#end;
    const frame = encodeFrame(payload);
    const { bytesWritten } = await this.#file.write(frame, 0, frame.length, at);
    if (bytesWritten !== frame.length) throw new Error(`wrote ${bytesWritten} of ${frame.length} bytes`);
    await this.#file.datasync();
    this.#end = at + frame.length;
    return { offset: at + FRAME_HEAD_BYTES, length: payload.length };
  }

  /** Bytes that were appended. */
  read(extent: Extent): Bytes {
    const bytes = this.#read(extent);
    if (bytes.length !== extent.length)
      throw ledgerError('block-log-damaged', { offset: extent.offset, why: 'it is shorter than it was' });
    return bytes;
  }

  #read({ offset, length }: Extent): Bytes {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const read = readSync(this.#file.fd, bytes, done, length - done, offset + done);
      if (read === 0) break;
      done += read;
    }
    return bytes.subarray(0, done);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** Makes a new name in a directory survive a power cut. */
export function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
