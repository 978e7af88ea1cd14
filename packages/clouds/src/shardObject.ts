import { type Bytes, equal, hex } from '@salus/base';
import { leafHash, merkleRoot } from '@salus/schemes/keyless';
import { type DirectoryEntry, openDirectory, sealDirectory } from './directory.ts';
import { cloudsError } from './errors.ts';
import { encodeHeader, headerBytes, parseHeader, type ShardHeader } from './shardHeader.ts';

/** A block: 2,048 sectors of 31 bytes, the most that is always below the order of the pairing groups' scalars. */
export const BLOCK_BYTES = 31 * 2048;

/** Length of one shard's bytes behind the header: the sealed stripe in k equal parts, the last filled with zeros. */
export const bodyBytes = (sealedBytes: number, k: number): number => Math.ceil(sealedBytes / k);

/** The object's name: hexadecimal RFC 6962 root over its blocks, header included. One hash of every byte. */
export const shardName = (object: Bytes): string => hex(merkleRoot(blockLeaves(object)));

/** Writes the header into an object whose body is there already, and says its name. */
export async function finishShard(
  object: Bytes,
  storageRoot: Bytes,
  shard: Omit<ShardHeader, 'directory' | 'bodyRoot'>,
  entries: readonly DirectoryEntry[],
): Promise<string> {
  const bodyAt = object.length - bodyBytes(shard.sealedBytes, shard.k);
  const leaves = blockLeaves(object);
  const header = { ...shard, bodyRoot: bodyRoot(object, bodyAt, leaves) };
  const front = encodeHeader({ ...header, directory: await sealDirectory(storageRoot, header, entries) });
  object.set(front);
  // Only blocks that hold header bytes have changed.
  for (let block = 0; block * BLOCK_BYTES < bodyAt; block++) leaves[block] = leafHash(blockAt(object, block));
  return hex(merkleRoot(leaves));
}

/** A shard object that proved to be what it should be: all of it after `checkShard`, its header after `openShard`. */
export interface CheckedShard {
  header: ShardHeader;
  entries: DirectoryEntry[];
  /** The coded bytes, a view into the object. */
  body: Bytes;
  object: Bytes;
}

/**
 * Checks a whole object read from a store: its name, its header under the organisation's root, and that header and body
 * belong together. Throws `shard-malformed`. One hash of every byte.
 */
export async function checkShard(object: Bytes, name: string, storageRoot: Bytes): Promise<CheckedShard> {
  const leaves = blockLeaves(object);
  if (hex(merkleRoot(leaves)) !== name) throw malformed('bytes altered');
  const shard = await openShard(object, storageRoot);
  if (!equal(bodyRoot(object, object.length - shard.body.length, leaves), shard.header.bodyRoot))
    throw malformed('body of another shard');
  return shard;
}

/** As `checkShard`, but the body may be anything: no hash of it. Throws `shard-malformed`. */
export async function openShard(object: Bytes, storageRoot: Bytes): Promise<CheckedShard> {
  const header = parseHeader(object);
  const entries = await openDirectory(storageRoot, header);
  if (!entries) throw malformed('not of this organisation');
  const bodyAt = headerBytes(header.directory.length);
  if (object.length !== bodyAt + bodyBytes(header.sealedBytes, header.k)) throw malformed('wrong length');
  return { header, entries, body: object.subarray(bodyAt), object };
}

/** Root over the parts of the blocks that lie behind the header; all but the first are the object's own leaves. */
function bodyRoot(object: Bytes, bodyAt: number, leaves: readonly Bytes[]): Bytes {
  const block = Math.floor(bodyAt / BLOCK_BYTES);
  const first = object.subarray(bodyAt, (block + 1) * BLOCK_BYTES);
  return merkleRoot([leafHash(first), ...leaves.slice(block + 1)]);
}

const blockAt = (object: Bytes, block: number): Bytes =>
  object.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);

const blockLeaves = (object: Bytes): Bytes[] =>
  Array.from({ length: Math.ceil(object.length / BLOCK_BYTES) }, (_, block) => leafHash(blockAt(object, block)));

const malformed = (why: string) => cloudsError('shard-malformed', { why });
