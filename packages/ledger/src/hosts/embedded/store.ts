import { type AccountId, type Bytes, concat, decodeCanonical, encodeCanonical, field, fromHex, u32 } from '@salus/base';
import { MerkleFrontier } from '@salus/schemes/keyless';
import { type Database, open, type RootDatabase } from 'lmdb';
import { z } from 'zod';
import type { FinishedDraft, Tip } from '../../block/draft.ts';
import type { Beginning } from '../../block/first.ts';
import { encodeHeader, type SignedHeader } from '../../block/header.ts';
import type { LogNode } from '../../log/append.ts';
import type { Extent } from './blockLog.ts';
import { decodeLocation, encodeLocation, type Location, operationExtents } from './location.ts';

const tipSchema = z.strictObject({
  network: field.bytes(32),
  height: field.uint(),
  time: field.timeMs(),
  hash: field.bytes(32),
  stateRoot: field.bytes(32),
  logSize: field.uint(),
});
type StoredTip = z.output<typeof tipSchema>;
const TIP_LIMIT_BYTES = 512;

/** A block with its place in the block log. */
export interface PlacedBlock {
  header: SignedHeader;
  extent: Extent;
}

/** State, tree pages, log nodes and indexes of the newest block, in LMDB: one transaction per block. All derived from the block log. */
export class Store {
  readonly #root: RootDatabase<Bytes, string>;
  readonly #state: Database<Bytes, string>;
  readonly #pages: Database<Bytes, string>;
  readonly #log: Database<Bytes, Uint8Array>;
  readonly #blocks: Database<Bytes, number>;
  readonly #operations: Database<Bytes, number>;
  readonly #ids: Database<Bytes, Uint8Array>;
  readonly #events: Database<Bytes, Uint8Array>;

  constructor(path: string) {
    this.#root = open({ path, encoding: 'binary', maxDbs: 8 });
    const byText = { encoding: 'binary' } as const;
    const byBytes = { encoding: 'binary', keyEncoding: 'binary' } as const;
    const byNumber = { encoding: 'binary', keyEncoding: 'uint32' } as const;
    this.#state = this.#root.openDB({ name: 'state', ...byText });
    this.#pages = this.#root.openDB({ name: 'pages', ...byText });
    this.#log = this.#root.openDB({ name: 'log', ...byBytes });
    this.#blocks = this.#root.openDB({ name: 'blocks', ...byNumber });
    this.#operations = this.#root.openDB({ name: 'operations', ...byNumber });
    this.#ids = this.#root.openDB({ name: 'ids', ...byBytes });
    this.#events = this.#root.openDB({ name: 'events', ...byBytes });
  }

  /** The newest block that the store knows, or undefined in a new one. */
  storedTip(): StoredTip | undefined {
    const bytes = plain(this.#root.get('tip'));
    return bytes && decodeCanonical('the stored tip', bytes, tipSchema, TIP_LIMIT_BYTES);
  }

  /** The stored tip with the log's right edge. */
  tip(stored: StoredTip): Tip {
    const { height, time, hash, stateRoot, logSize } = stored;
    return { height, time, hash, stateRoot, log: this.#frontier(logSize) };
  }

  #frontier(size: number): MerkleFrontier {
    const edge: Bytes[] = [];
    let from = 0;
    for (let level = Math.floor(Math.log2(Math.max(size, 1))); level >= 0; level--) {
      if (Math.floor(size / 2 ** level) % 2 === 0) continue;
      edge.push(this.logNode(level, from / 2 ** level));
      from += 2 ** level;
    }
    return new MerkleFrontier(size, edge);
  }

  async begin(network: Bytes, { tip, encoded, pages }: Beginning): Promise<void> {
    await this.#commit(() => {
      for (const [key, value] of encoded) this.#state.put(key, value);
      for (const [path, page] of pages) this.#pages.put(path, page.encode());
      this.#putTip(network, tip);
    });
  }

  /** Writes everything that a block changes. */
  async write(draft: FinishedDraft, tip: Tip, { header, extent }: PlacedBlock): Promise<void> {
    const bytes = draft.operations.map(({ signed }) => signed.bytes);
    const extents = operationExtents(header.payload.length, bytes);
    await this.#commit(() => {
      for (const [key, value] of draft.encoded) this.#state.put(key, value);
      for (const [path, page] of draft.pages) this.#pages.put(path, page.encode());
      for (const node of draft.logNodes) this.#log.put(logKey(node), node.hash);
      const { height, time } = tip;
      this.#blocks.put(height, encodeCanonical([extent.offset, extent.length, encodeHeader(header)]));
      for (const [index, { signed, events }] of draft.operations.entries()) {
        const logIndex = draft.log.size - draft.operations.length + index;
        const { offset, length } = extents[index]!;
        const place = { height, time, index, logIndex, hash: signed.hash };
        this.#operations.put(logIndex, encodeLocation({ ...place, offset: extent.offset + offset, length }));
        this.#ids.put(fromHex(signed.operation.id), u32(logIndex));
        for (const { account, count } of events) this.#events.put(eventKey(account, count), u32(logIndex));
      }
      this.#putTip(draft.header.network, tip);
    });
  }

  // Resolves when the transaction is visible; its pages are flushed behind it. After a power cut the library opens the last
  // one that was, and the block log brings the store up to date.
  async #commit(action: () => void): Promise<void> {
    await this.#root.batch(action);
  }

  #putTip(network: Bytes, { height, time, hash, stateRoot, log }: Tip): void {
    const stored: StoredTip = { network, height, time, hash, stateRoot, logSize: log.size };
    this.#root.put('tip', encodeCanonical(stored));
  }

  value(key: string): Bytes | undefined {
    return plain(this.#state.get(key));
  }

  page(path: string): Bytes | undefined {
    return plain(this.#pages.get(path));
  }

  logNode(level: number, index: number): Bytes {
    return plain(this.#log.get(logKey({ level, index })))!;
  }

  /** A block's place and signed header. */
  block(height: number): { extent: Extent; header: Bytes } | undefined {
    const bytes = height > 0 ? plain(this.#blocks.get(height)) : undefined;
    if (!bytes) return undefined;
    const [offset, length, header] = decodeCanonical('the stored block', bytes, blockSchema, BLOCK_ENTRY_LIMIT_BYTES);
    return { extent: { offset, length }, header };
  }

  logIndexOf(id: string): number | undefined {
    const bytes = this.#ids.get(fromHex(id));
    return bytes && readU32(bytes);
  }

  operation(logIndex: number): Location {
    return decodeLocation(plain(this.#operations.get(logIndex))!);
  }

  /** Log places of an account's events number from + 1 on. */
  events(account: AccountId, from: number, limit: number): number[] {
    const range = { start: eventKey(account, from + 1), end: eventKey(account, 0xffffffff), limit };
    return Array.from(this.#events.getRange(range), ({ value }) => readU32(value));
  }

  /** Keys under a prefix behind `after`, with their values, in the order of keys. */
  *list(prefix: string, after: string, limit: number): Generator<{ key: string; value: Bytes }> {
    const start = after > prefix ? after : prefix;
    for (const { key, value } of this.#state.getRange({ start, end: `${prefix}\u{10ffff}`, limit: limit + 1 })) {
      if (key <= after) continue;
      if (limit-- <= 0) return;
      yield { key, value: plain(value) };
    }
  }

  close(): Promise<void> {
    return this.#root.close();
  }
}

const BLOCK_ENTRY_LIMIT_BYTES = 2_048;
const blockSchema = z.tuple([field.uint(), field.uint(), field.bytesUpTo(1_024)]);

// The library hands out Node's own kind of byte array, which other code must not come to depend on.
function plain(bytes: Bytes): Bytes;
function plain(bytes: Bytes | undefined): Bytes | undefined;
function plain(bytes: Bytes | undefined): Bytes | undefined {
  return bytes && new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

const logKey = ({ level, index }: Omit<LogNode, 'hash'>): Bytes => concat(Uint8Array.of(level), u32(index));
const eventKey = (account: AccountId, count: number): Bytes => concat(fromHex(account), u32(count));
const readU32 = (bytes: Bytes): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
