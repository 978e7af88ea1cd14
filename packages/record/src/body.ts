import { type Bytes, concat, equal, type Random } from '@salus/base';
import { Chunker, openChunk, sealChunk, sealChunkAgain, sealedChunkBytes } from '@salus/schemes/holder';
import { sha256 } from '@salus/schemes/keyless';
import { recordError } from './errors.ts';
import type { KnownChunks } from './knownChunks.ts';
import type { ChunkRef } from './manifest.ts';
import { paddedLength } from './padding.ts';

/** The largest file. */
export const FILE_LIMIT_BYTES = 16 * 2 ** 30;

/** A chunk of the new version: its reference, and its ciphertext where it is not in the version before. */
export interface SealedChunk {
  ref: ChunkRef;
  sealed?: Bytes;
}

/** Where a chunk of so many bytes is sealed into: an array of just that length. */
export type Room = (sealedBytes: number) => Bytes | Promise<Bytes>;

/**
 * Cuts a body into content-defined chunks and seals each under its own random key; chunks that `known` holds are
 * reused as they are. A piece of the source is used up when the next is asked for. Memory: one chunk, and the room that it is
 * sealed into. Throws `file-oversized`.
 */
export async function* sealBody(
  source: AsyncIterable<Bytes> | Iterable<Bytes>,
  known: KnownChunks,
  random: Random,
  room: Room = (sealedBytes) => new Uint8Array(sealedBytes),
): AsyncGenerator<SealedChunk> {
  const chunker = new Chunker();
  let total = 0;
  for await (const bytes of source) {
    total += bytes.length;
    if (total > FILE_LIMIT_BYTES) throw recordError('file-oversized', { limitGiB: FILE_LIMIT_BYTES / 2 ** 30 });
    for (const chunk of chunker.push(bytes)) yield await sealPart(chunk, chunk, known, random, room);
  }
  for (const chunk of chunker.finish()) yield await sealPart(chunk, lengthened(chunk), known, random, room);
}

async function sealPart(
  chunk: Bytes,
  content: Bytes,
  known: KnownChunks,
  random: Random,
  room: Room,
): Promise<SealedChunk> {
  const target = await room(sealedChunkBytes(content.length));
  for (const before of known.candidates(chunk.length)) {
    // The same bytes under the same key are the same ciphertext. What others come to stays here and is written over.
    if (!equal(sha256(await sealChunkAgain(content, before.key, target)), before.hash)) continue;
    known.found(before);
    return { ref: before };
  }
  const { key, sealed } = await sealChunk(content, random, target);
  return { ref: { hash: sha256(sealed), key, sizeBytes: chunk.length }, sealed };
}

/** Opens one fetched chunk. `part` counts from 1, for the message. Throws `body-damaged`. */
export async function openPart(ref: ChunkRef, sealed: Bytes, part: number): Promise<Bytes> {
  if (!equal(sha256(sealed), ref.hash)) throw recordError('body-damaged', { part });
  const content = await openChunk(ref.key, sealed);
  if (!content || content.length < ref.sizeBytes) throw recordError('body-damaged', { part });
  return content.subarray(0, ref.sizeBytes);
}

/** The last chunk's length would tell the file's; it is padded, and a file that is all one chunk is padded as a whole. */
function lengthened(chunk: Bytes): Bytes {
  return concat(chunk, new Uint8Array(paddedLength(chunk.length) - chunk.length));
}
