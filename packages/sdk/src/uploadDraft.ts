import { type Bytes, decodeCanonical, encodeCanonical, hex, utf8 } from '@salus/base';
import { type ChunkRef, manifest } from '@salus/record';
import { deriveKey, digest, openSalted, sealSalted } from '@salus/schemes/keyless';
import type { Device } from './device.ts';

const DRAFT_LIMIT_BYTES = 16 * 1024 * 1024;
const chunksSchema = manifest.shape.chunks;
const AAD = utf8('SALUS1/upload-draft');

/**
 * Chunk keys of an upload under way, sealed under the root until the record is committed: whoever starts the same upload
 * again after a crash sends only what is not there yet. A content without a draft name keeps none.
 */
export class UploadDraft {
  private constructor(
    readonly device: Device,
    readonly name: string | undefined,
    /** Chunks that were sent before. */
    readonly sent: ChunkRef[],
  ) {}

  static async of(device: Device, content: string | undefined): Promise<UploadDraft> {
    if (content === undefined) return new UploadDraft(device, undefined, []);
    const name = `draft-${hex(digest('SALUS1/upload-draft', content)).slice(0, 32)}`;
    const stored = await device.store.get(name);
    const opened = stored && (await openSalted(key(device), stored, AAD));
    const refs = opened ? decodeCanonical('upload draft', opened, chunksSchema, DRAFT_LIMIT_BYTES) : [];
    return new UploadDraft(device, name, await stillThere(device, refs));
  }

  /** Durable when it resolves. */
  async save(chunks: readonly ChunkRef[]): Promise<void> {
    if (!this.name) return;
    await this.device.store.put(
      this.name,
      await sealSalted(key(this.device), encodeCanonical(chunks), AAD, this.device.random),
    );
  }

  async forget(): Promise<void> {
    if (this.name) await this.device.store.delete(this.name);
  }
}

const key = (device: Device): Bytes => deriveKey(device.root, 'SALUS1/upload-draft');

/** Those of a draft's chunks that the node has. */
async function stillThere(device: Device, refs: ChunkRef[]): Promise<ChunkRef[]> {
  if (refs.length === 0) return [];
  const { missing } = await device.client.call('missingChunks', {
    hashes: refs.slice(0, HASHES_LIMIT).map((ref) => ref.hash),
  });
  const gone = new Set(missing.map(hex));
  return refs.slice(0, HASHES_LIMIT).filter((ref) => !gone.has(hex(ref.hash)));
}

// As many as one question may hold; of a larger upload the rest is sent again.
const HASHES_LIMIT = 16_384;
