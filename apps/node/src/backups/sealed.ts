import { type Bytes, concat, equal, framed, fromHex, hex, type Random } from '@salus/base';
import {
  BOX_OVERHEAD,
  type ChunkSizes,
  mac,
  openBox,
  openSalted,
  SALTED_OVERHEAD,
  sealBox,
  sealSalted,
} from '@salus/schemes/keyless';
import type { BackupKeys } from './keys.ts';

/** Files are cut where their content says so: a change costs a few of these, and a gigabyte is some 4,000 objects. */
export const CUTS: ChunkSizes = { minimum: 65_536, mean: 262_144, maximum: 1_048_576 };
/** Longest plaintext of a chunk: a piece of a stripe, of a megabyte and its header, is one. */
export const CHUNK_LIMIT_BYTES = 2 * 1_048_576;
const CHECK_BYTES = 32;
/** What a chunk's object has beyond its plaintext. */
export const CHUNK_OVERHEAD = BOX_OVERHEAD + CHECK_BYTES;
/** What a list's object has beyond its plaintext. */
export const LIST_OVERHEAD = SALTED_OVERHEAD;

/** 64 hexadecimal digits that tell nothing of the content to whoever has not the key of names. */
export type ChunkName = string;

/** Name of a chunk of a file, by its bytes; of a piece, by the piece's own name, so that it need not be read to be known. */
export const chunkName = ({ names }: BackupKeys, use: 'chunk' | 'list' | 'piece', identity: Bytes): ChunkName =>
  hex(mac(names, `SALUS1/backup/${use}`, identity));

const chunkAad = (name: ChunkName) => framed('SALUS1/backup/chunk', fromHex(name));
const check = ({ checks }: BackupKeys, name: ChunkName, box: Bytes) =>
  mac(checks, 'SALUS1/backup/check', fromHex(name), box);

/** The object of a chunk: box to the recovery key, then a check that the node can make without it. About 2 ms. */
export async function sealChunk(keys: BackupKeys, name: ChunkName, plaintext: Bytes, random: Random): Promise<Bytes> {
  const box = await sealBox(keys.recovery, plaintext, chunkAad(name), random);
  return concat(box, check(keys, name, box));
}

/** Whether an object is the chunk that this node, or one before it, wrote under that name. */
export function isChunk(keys: BackupKeys, name: ChunkName, object: Bytes): boolean {
  if (object.length < CHUNK_OVERHEAD) return false;
  const box = object.subarray(0, object.length - CHECK_BYTES);
  return equal(check(keys, name, box), object.subarray(box.length));
}

/** The plaintext, or undefined where the object is not that chunk or the recovery key another. About 2 ms. */
export async function openChunk(
  keys: BackupKeys,
  recoveryKey: Bytes,
  name: ChunkName,
  object: Bytes,
): Promise<Bytes | undefined> {
  if (!isChunk(keys, name, object)) return undefined;
  const box = object.subarray(0, object.length - CHECK_BYTES);
  return openBox(recoveryKey, keys.recovery, box, chunkAad(name));
}

const listAad = (name: string) => framed('SALUS1/backup/list', name);

/** The object of a list or a set: sealed under a key that the node has, bound to the name it lies under. */
export const sealList = ({ lists }: BackupKeys, name: string, plaintext: Bytes, random: Random): Promise<Bytes> =>
  sealSalted(lists, plaintext, listAad(name), random);

/** What `sealList` sealed under that name, or undefined. */
export const openList = ({ lists }: BackupKeys, name: string, object: Bytes): Promise<Bytes | undefined> =>
  openSalted(lists, object, listAad(name));
