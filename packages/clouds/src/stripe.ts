import { type Bytes, concat } from '@salus/base';
import { deriveKey, openOnce, SEAL_OVERHEAD, sealParts } from '@salus/schemes/keyless';
import { type DirectoryEntry, directoryBytes } from './directory.ts';
import { encodeInto, reconstruct } from './erasure.ts';
import { headerBytes } from './shardHeader.ts';
import { bodyBytes, finishShard } from './shardObject.ts';

/** Most bytes of a data shard: with four of them a stripe is 4 MiB, large enough that clouds' round trips do not count. */
const SHARD_BODY_LIMIT_BYTES = 1024 * 1024;

/** Most chunk bytes in a stripe. */
export const stripeCapacity = (k: number): number => k * SHARD_BODY_LIMIT_BYTES - SEAL_OVERHEAD;

/** How a stripe is cut: any k of n shards suffice. */
export interface Code {
  k: number;
  n: number;
}

/** A shard ready to be written. */
export interface ShardObject {
  index: number;
  name: string;
  object: Bytes;
}

/** Chunk parts that make one stripe. */
export interface PackedStripe {
  entries: DirectoryEntry[];
  /** The parts' bytes, in the order of the entries. */
  parts: Bytes[];
}

/** Length of the sealed stripe of these entries. */
export const sealedBytesOf = (entries: readonly DirectoryEntry[]): number =>
  SEAL_OVERHEAD + entries.reduce((sum, entry) => sum + entry.lengthBytes, 0);

/**
 * Seals a stripe under the organisation's layer and codes it into n shard objects (spec/stripes.md). The id must be fresh:
 * two stripes under one id would share a key.
 */
export async function codeStripe(
  storageRoot: Bytes,
  code: Code,
  id: Bytes,
  { entries, parts }: PackedStripe,
): Promise<ShardObject[]> {
  const sealed = await sealParts(stripeKey(storageRoot, id), parts, aadOf(code, id));
  const length = bodyBytes(sealed.length, code.k);
  const objects = Array.from({ length: code.n }, () => newObject(entries, length));
  const bodies = objects.map((object) => object.subarray(object.length - length));
  for (let i = 0; i < code.k; i++) bodies[i]!.set(sealed.subarray(i * length, (i + 1) * length));
  encodeInto(code.k, code.n, bodies.slice(0, code.k), bodies.slice(code.k));
  return Promise.all(
    objects.map(async (object, index) => {
      const shard = { ...code, index, sealedBytes: sealed.length, stripe: id };
      return { index, object, name: await finishShard(object, storageRoot, shard, entries) };
    }),
  );
}

/** The chunk bytes of a stripe from the bodies of any k shards; undefined where they are not what was sealed. */
export async function openStripe(
  storageRoot: Bytes,
  code: Code,
  id: Bytes,
  sealedBytes: number,
  bodies: ReadonlyMap<number, Bytes>,
): Promise<Bytes | undefined> {
  const lost = Array.from({ length: code.k }, (_, index) => index).filter((index) => !bodies.has(index));
  const rebuilt = lost.length > 0 ? reconstruct(code.k, code.n, bodies, lost) : [];
  const data = Array.from({ length: code.k }, (_, i) => bodies.get(i) ?? rebuilt[lost.indexOf(i)]!);
  const sealed = concat(...data).subarray(0, sealedBytes);
  return openOnce(stripeKey(storageRoot, id), sealed, aadOf(code, id));
}

/** The wanted shard objects of a stripe from the bodies of any k: byte for byte those written first. */
export async function rebuildShards(
  storageRoot: Bytes,
  code: Code,
  id: Bytes,
  entries: readonly DirectoryEntry[],
  bodies: ReadonlyMap<number, Bytes>,
  wanted: readonly number[],
): Promise<ShardObject[]> {
  const rebuilt = reconstruct(code.k, code.n, bodies, wanted);
  return Promise.all(
    wanted.map(async (index, i) => {
      const object = newObject(entries, rebuilt[i]!.length);
      object.set(rebuilt[i]!, object.length - rebuilt[i]!.length);
      const shard = { ...code, index, sealedBytes: sealedBytesOf(entries), stripe: id };
      return { index, object, name: await finishShard(object, storageRoot, shard, entries) };
    }),
  );
}

const newObject = (entries: readonly DirectoryEntry[], length: number): Bytes =>
  new Uint8Array(headerBytes(directoryBytes(entries.length)) + length);

const stripeKey = (storageRoot: Bytes, id: Bytes): Bytes => deriveKey(storageRoot, 'SALUS1/stripe/body', id);

const aadOf = (code: Code, id: Bytes): Bytes => concat(id, Uint8Array.of(code.k, code.n));
