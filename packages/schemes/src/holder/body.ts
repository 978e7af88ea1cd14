import { type Bytes, type Random, u32 } from '@salus/base';
import { openOnce, SEAL_OVERHEAD, sealInto } from '../keyless/aead.ts';
import { deriveKey } from '../keyless/hash.ts';
import { tag } from '../keyless/suite.ts';

const EMPTY = new Uint8Array(0);

/**
 * Key of one manifest: from the body key K, the version and 32 random bytes stored beside the manifest, so that two
 * devices that edit one version never seal under one key. For `sealOnce`.
 */
export const manifestKey = (K: Bytes, version: number, salt: Bytes): Bytes =>
  deriveKey(K, tag('manifest'), u32(version), salt);

/** Key of one card (what a list shows of the record), as `manifestKey`. */
export const cardKey = (K: Bytes, version: number, salt: Bytes): Bytes => deriveKey(K, tag('card'), u32(version), salt);

/** Length of a sealed chunk. */
export const sealedChunkBytes = (chunkBytes: number): number => chunkBytes + SEAL_OVERHEAD;

/**
 * Seals one chunk of a body under its own random key, which goes into the manifest, into an array of `sealedChunkBytes`. Key
 * commitment 32 ‖ ciphertext ‖ tag 16. An edit reuses the sealed chunks it did not change.
 */
export async function sealChunk(
  chunk: Bytes,
  random: Random,
  sealed: Bytes = new Uint8Array(sealedChunkBytes(chunk.length)),
): Promise<{ key: Bytes; sealed: Bytes }> {
  const key = random(32);
  return { key, sealed: await sealChunkAgain(chunk, key, sealed) };
}

/**
 * What a chunk's key makes of it: where the chunk is the one it sealed before, the same bytes. Where it is another, keep the result to
 * yourself: two messages under one key show each other.
 */
export async function sealChunkAgain(chunk: Bytes, key: Bytes, sealed: Bytes): Promise<Bytes> {
  await sealInto([sealed], key, [chunk], EMPTY);
  return sealed;
}

/** The chunk, or undefined where key or bytes are not the ones sealed. Its place is the manifest's to say. */
export const openChunk = (key: Bytes, sealed: Bytes): Promise<Bytes | undefined> => openOnce(key, sealed, EMPTY);
