import { type Bytes, concat, u32 } from '@salus/base';
import { deriveKey, openOnce, SEAL_OVERHEAD, sealOnce } from '@salus/schemes/keyless';
import { cloudsError } from './errors.ts';
import { fixedPart, type ShardHeader } from './shardHeader.ts';

/** Most extents of a stripe: its directory stands in every shard. */
export const EXTENTS_LIMIT = 1024;
const SMALLEST = 8;
const ENTRY_BYTES = 44;

/** A part of a chunk in a stripe; parts lie one behind the other. */
export interface DirectoryEntry {
  /** SHA-256 of the whole chunk. */
  chunk: Bytes;
  chunkBytes: number;
  chunkOffset: number;
  lengthBytes: number;
}

/** Length of the sealed directory of so many entries: a power of two of them, so that it tells a cloud little. */
export const directoryBytes = (entries: number): number => SEAL_OVERHEAD + 4 + places(entries) * ENTRY_BYTES;

const places = (entries: number): number => Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(entries)));

/**
 * Seals the directory for one shard, bound to everything else in its header. The key belongs to stripe and index, and the
 * same shard always gets the same directory: a rebuilt shard has its old name.
 */
export async function sealDirectory(
  storageRoot: Bytes,
  header: Omit<ShardHeader, 'directory'>,
  entries: readonly DirectoryEntry[],
): Promise<Bytes> {
  const plain = new Uint8Array(4 + places(entries.length) * ENTRY_BYTES);
  plain.set(concat(u32(entries.length), ...entries.map(encodeEntry)));
  return sealOnce(directoryKey(storageRoot, header), plain, fixedPart(header, plain.length + SEAL_OVERHEAD));
}

/** The entries, or undefined where header or directory are not this organisation's. */
export async function openDirectory(storageRoot: Bytes, header: ShardHeader): Promise<DirectoryEntry[] | undefined> {
  const key = directoryKey(storageRoot, header);
  const plain = await openOnce(key, header.directory, fixedPart(header, header.directory.length));
  return plain && decodeEntries(plain);
}

const directoryKey = (storageRoot: Bytes, header: { stripe: Bytes; index: number }): Bytes =>
  deriveKey(storageRoot, 'SALUS1/stripe/directory', header.stripe, Uint8Array.of(header.index));

const encodeEntry = (entry: DirectoryEntry): Bytes =>
  concat(entry.chunk, u32(entry.chunkBytes), u32(entry.chunkOffset), u32(entry.lengthBytes));

function decodeEntries(plain: Bytes): DirectoryEntry[] {
  const view = new DataView(plain.buffer, plain.byteOffset, plain.length);
  const count = plain.length >= 4 ? view.getUint32(0) : 0;
  if (count < 1 || count > EXTENTS_LIMIT || plain.length !== 4 + places(count) * ENTRY_BYTES)
    throw cloudsError('shard-malformed', { why: 'directory of a wrong length' });
  return Array.from({ length: count }, (_, i) => {
    const at = 4 + i * ENTRY_BYTES;
    return {
      chunk: plain.slice(at, at + 32),
      chunkBytes: view.getUint32(at + 32),
      chunkOffset: view.getUint32(at + 36),
      lengthBytes: view.getUint32(at + 40),
    };
  });
}
