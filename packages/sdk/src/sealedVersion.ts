import { type Bytes, concat, type TimeMs } from '@salus/base';
import {
  type Card,
  type ChunkRef,
  KnownChunks,
  mediaTypeOf,
  SAMPLE_BYTES,
  sealBody,
  sealCard,
  sealManifest,
  termsOf,
} from '@salus/record';
import type { Secret } from '@salus/schemes/holder';
import { bodyRootOf, sha256 } from '@salus/schemes/keyless';
import { ChunkUpload } from './chunkUpload.ts';
import type { Content, Progress } from './content.ts';
import type { Device } from './device.ts';
import { UploadDraft } from './uploadDraft.ts';

/** The sealed parts of a version, ready to be committed. */
export interface SealedVersion {
  card: Card;
  stored: { card: Bytes; manifest: Bytes; chunks: Bytes[] };
  bodyRoot: Bytes;
  /** Bytes of ciphertext that had to be sent. */
  sentBytes: number;
  /** Call when the version is on the ledger: the draft is no longer needed. */
  committed: () => Promise<void>;
}

/**
 * Seals a version's body and sends the chunks that are new. Chunks of the version before are reused as they are: an edit
 * costs what it changed. Memory: one upload request.
 */
export async function sealVersion(
  device: Device,
  content: Content,
  under: { secret: Secret; version: number },
  before: readonly ChunkRef[],
  onProgress: (progress: Progress) => void = () => {},
): Promise<SealedVersion> {
  const { secret, version } = under;
  const keys = { K: secret.K, ctx: secret.ctx, version };
  const draft = await UploadDraft.of(device, content.draft);
  const upload = new ChunkUpload(device, onProgress, () => draft.save(chunks));
  const sampled = sampling(content.body());
  const chunks: ChunkRef[] = [];
  const known = new KnownChunks([...draft.sent, ...before]);
  const room = (sealedBytes: number) => upload.room(sealedBytes);
  for await (const { ref, sealed } of sealBody(sampled.body, known, device.random, room)) {
    chunks.push(ref);
    if (sealed) upload.add(ref.hash);
  }
  const sizeBytes = chunks.reduce((sum, ref) => sum + ref.sizeBytes, 0);
  const time = content.time ?? device.now();
  const card = cardOf(content, sampled.sample(), sizeBytes, time);
  const manifest = await sealManifest({ version, sizeBytes, time: device.now(), chunks }, keys, device.random);
  (await upload.room(manifest.length)).set(manifest);
  upload.add(sha256(manifest));
  await upload.flush();
  const stored = {
    card: await sealCard(card, keys, device.random),
    manifest: sha256(manifest),
    chunks: chunks.map((ref) => ref.hash),
  };
  return { card, stored, bodyRoot: bodyRootOf(stored), sentBytes: upload.sentBytes, committed: () => draft.forget() };
}

function cardOf(content: Content, sample: Bytes, sizeBytes: number, time: TimeMs): Card {
  const { kind, title, fileName } = content;
  const mediaType = content.mediaType ?? mediaTypeOf(fileName ?? '', sample);
  const terms = termsOf({
    title,
    kind,
    mediaType,
    time,
    sample,
    ...(fileName ? { fileName } : {}),
    ...(content.topics ? { topics: content.topics } : {}),
    ...(content.words ? { words: content.words } : {}),
  });
  return { title, kind, mediaType, sizeBytes, time, ...terms, ...(fileName ? { fileName } : {}) };
}

/** Keeps the beginning of a body that is passing by. */
function sampling(body: AsyncIterable<Bytes>) {
  const kept: Bytes[] = [];
  let length = 0;
  async function* pass() {
    for await (const bytes of body) {
      if (length < SAMPLE_BYTES) kept.push(bytes.slice(0, SAMPLE_BYTES - length));
      length += bytes.length;
      yield bytes;
    }
  }
  return { body: pass(), sample: () => concat(...kept) };
}
