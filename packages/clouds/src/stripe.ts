import { type Bytes, concat } from '@salus/base';
import { deriveKey, openParts, SEAL_OVERHEAD, sealInto } from '@salus/schemes/keyless';
import { breathe } from './breathe.ts';
import type { Buffers } from './buffers.ts';
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
 * two stripes under one id would share a key. The objects come from `buffers`, where they are given.
 */
export async function codeStripe(
  storageRoot: Bytes,
  code: Code,
  id: Bytes,
  { entries, parts }: PackedStripe,
  buffers?: Buffers,
): Promise<ShardObject[]> {
  const sealedBytes = sealedBytesOf(entries);
  const length = bodyBytes(sealedBytes, code.k);
  const objects = Array.from({ length: code.n }, () => newObject(entries, length, buffers));
  const bodies = objects.map((object) => object.subarray(object.length - length));
  const data = bodies.slice(0, code.k);
  await sealInto(data, stripeKey(storageRoot, id), parts, aadOf(code, id));
  await breathe(length);
  for (let i = 0; i < code.k; i++) data[i]!.fill(0, Math.max(0, sealedBytes - i * length));
  encodeInto(code.k, code.n, data, bodies.slice(code.k));
  const shards: ShardObject[] = [];
  for (const [index, object] of objects.entries()) {
    await breathe(length);
    const shard = { ...code, index, sealedBytes, stripe: id };
    shards.push({ index, object, name: await finishShard(object, storageRoot, shard, entries) });
  }
  return shards;
}

/** The chunk bytes of a stripe, in parts, from the bodies of any k shards; undefined where they are not what was sealed. */
export async function openStripe(
  storageRoot: Bytes,
  code: Code,
  id: Bytes,
  sealedBytes: number,
  bodies: ReadonlyMap<number, Bytes>,
): Promise<Bytes[] | undefined> {
  const lost = Array.from({ length: code.k }, (_, index) => index).filter((index) => !bodies.has(index));
  const rebuilt = lost.length > 0 ? reconstruct(code.k, code.n, bodies, lost) : [];
  const data = Array.from({ length: code.k }, (_, i) => bodies.get(i) ?? rebuilt[lost.indexOf(i)]!);
  const length = data[0]!.length;
  // A stripe shorter than the commitment in each body is joined; there are few, and they are small.
  const sealed =
    length < COMMITMENT_BYTES
      ? [concat(...data).subarray(0, sealedBytes)]
      : data.map((body, i) => body.subarray(0, Math.max(0, sealedBytes - i * length)));
  return openParts(stripeKey(storageRoot, id), sealed, aadOf(code, id));
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

const COMMITMENT_BYTES = 32;

function newObject(entries: readonly DirectoryEntry[], length: number, buffers?: Buffers): Bytes {
  const sizeBytes = headerBytes(directoryBytes(entries.length)) + length;
  return buffers ? buffers.take(sizeBytes) : new Uint8Array(sizeBytes);
}

const stripeKey = (storageRoot: Bytes, id: Bytes): Bytes => deriveKey(storageRoot, 'SALUS1/stripe/body', id);

const aadOf = (code: Code, id: Bytes): Bytes => concat(id, Uint8Array.of(code.k, code.n));
