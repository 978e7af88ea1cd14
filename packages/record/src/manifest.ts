import { type Bytes, concat, decodeCanonical, encodeCanonical, field, type Random } from '@salus/base';
import { manifestKey } from '@salus/schemes/holder';
import { openOnce, sealOnce } from '@salus/schemes/keyless';
import { z } from 'zod';
import type { SealedUnder } from './card.ts';
import { recordError } from './errors.ts';

/** Chunks are at least 256 KiB, but the last: 16 GiB have at most so many. */
export const CHUNKS_LIMIT = 65_536;

/** One chunk of a body: SHA-256 of its ciphertext, its own key, its length before padding. */
export const chunkRef = z.strictObject({
  hash: field.bytes(32),
  key: field.bytes(32),
  sizeBytes: field.uint(8 * 1024 * 1024),
});

export type ChunkRef = z.output<typeof chunkRef>;

/** The sealed table of contents of one version: reordering, cutting or appending chunks fails against it. */
export const manifest = z.strictObject({
  version: field.uint(),
  sizeBytes: field.uint(),
  time: field.timeMs(),
  chunks: z.array(chunkRef).max(CHUNKS_LIMIT),
});

export type Manifest = z.output<typeof manifest>;

const MANIFEST_LIMIT_BYTES = 16 * 1024 * 1024;

/** 32 random bytes ‖ AEAD under HKDF(K, "manifest" ‖ version ‖ those bytes). */
export async function sealManifest(content: Manifest, under: SealedUnder, random: Random): Promise<Bytes> {
  const salt = random(32);
  return concat(salt, await sealOnce(manifestKey(under.K, under.version, salt), encodeCanonical(content), under.ctx));
}

/** Throws `does-not-open`; also where the version inside is another than the one asked for. */
export async function openManifest(sealed: Bytes, under: SealedUnder): Promise<Manifest> {
  const key = manifestKey(under.K, under.version, sealed.subarray(0, 32));
  const bytes = await openOnce(key, sealed.subarray(32), under.ctx);
  if (!bytes) throw recordError('does-not-open');
  const opened = decodeCanonical('manifest', bytes, manifest, MANIFEST_LIMIT_BYTES);
  if (opened.version !== under.version) throw recordError('does-not-open');
  return opened;
}
