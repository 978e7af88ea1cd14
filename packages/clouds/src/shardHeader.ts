import { type Bytes, concat, equal, u32 } from '@salus/base';
import { digest } from '@salus/schemes/keyless';
import { SHARDS_LIMIT } from './erasure.ts';
import { cloudsError } from './errors.ts';

const MAGIC = Uint8Array.of(0x53, 0x4c, 0x53, 0x48);
const VERSION = 1;
const FIXED_BYTES = 80;
const HASH_BYTES = 32;

/** Longest sealed directory: 1,024 extents (spec/stripes.md). */
export const DIRECTORY_LIMIT_BYTES = 48 + 4 + 1024 * 44;
/** Longest sealed stripe: every data shard 1 MiB. */
const SEALED_LIMIT_BYTES = SHARDS_LIMIT * 1024 * 1024;
/** A first read of so many bytes holds the whole header of most shards: those with up to 64 extents. */
export const HEADER_PROBE_BYTES = 3072;

/** What stands in front of every shard, in clear but for the directory. */
export interface ShardHeader {
  k: number;
  n: number;
  index: number;
  /** Length of the sealed stripe. */
  sealedBytes: number;
  /** 32 random bytes. */
  stripe: Bytes;
  /** Root over the blocks of the shard bytes behind the header. */
  bodyRoot: Bytes;
  /** Sealed under a key that only the organisation has. */
  directory: Bytes;
}

/** Length of the header for a sealed directory of so many bytes. */
export const headerBytes = (directoryBytes: number): number => FIXED_BYTES + directoryBytes + HASH_BYTES;

/** The first 80 bytes: what the sealed directory is bound to. */
export function fixedPart(header: Omit<ShardHeader, 'directory'>, directoryBytes: number): Bytes {
  return concat(
    MAGIC,
    Uint8Array.of(VERSION, header.k, header.n, header.index),
    u32(header.sealedBytes),
    u32(directoryBytes),
    header.stripe,
    header.bodyRoot,
  );
}

/** The bytes of a header. */
export function encodeHeader(header: ShardHeader): Bytes {
  const front = concat(fixedPart(header, header.directory.length), header.directory);
  return concat(front, headerHash(front));
}

/**
 * How long the header is that begins so, for a second ranged read. Throws `shard-malformed` where the first 80 bytes are
 * not a header's.
 */
export function headerLength(bytes: Bytes): number {
  if (bytes.length < FIXED_BYTES) throw malformed('shorter than a header');
  if (!equal(bytes.subarray(0, 4), MAGIC)) throw malformed('no shard');
  if (bytes[4] !== VERSION) throw malformed('unknown version');
  const directoryBytes = view(bytes).getUint32(12);
  if (directoryBytes > DIRECTORY_LIMIT_BYTES) throw malformed('directory too long');
  return headerBytes(directoryBytes);
}

/** Reads a header from the beginning of an object. Throws `shard-malformed`. */
export function parseHeader(bytes: Bytes): ShardHeader {
  const length = headerLength(bytes);
  if (bytes.length < length) throw malformed('cut short');
  const front = bytes.subarray(0, length - HASH_BYTES);
  if (!equal(headerHash(front), bytes.subarray(length - HASH_BYTES, length))) throw malformed('header altered');
  const [k, n, index] = [bytes[5]!, bytes[6]!, bytes[7]!];
  if (k < 1 || k >= n || n > SHARDS_LIMIT || index >= n) throw malformed('impossible numbers');
  const sealedBytes = view(bytes).getUint32(8);
  if (sealedBytes === 0 || sealedBytes > SEALED_LIMIT_BYTES) throw malformed('impossible length');
  return {
    k,
    n,
    index,
    sealedBytes,
    stripe: bytes.slice(16, 48),
    bodyRoot: bytes.slice(48, 80),
    directory: front.slice(FIXED_BYTES),
  };
}

const headerHash = (front: Bytes): Bytes => digest('SALUS1/shard/header', front);
const view = (bytes: Bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const malformed = (why: string) => cloudsError('shard-malformed', { why });
