import type { Bytes } from '@salus/base';
import {
  type Cancellable,
  checkObjectName,
  cloudsError,
  gather,
  type ListPage,
  type ObjectName,
  type ObjectStore,
  piecesOf,
  type ReadRange,
  type StoreUsage,
  type UsageReporting,
} from '@salus/clouds';

const OBJECT_LIMIT_BYTES = 64 * 1024 * 1024;

/** A fake store: objects in memory, open to tests that want to look or to damage. */
export class MemoryStore implements ObjectStore, UsageReporting {
  readonly objects = new Map<ObjectName, Bytes>();

  async put(name: ObjectName, body: Bytes | AsyncIterable<Bytes>, _options?: Cancellable): Promise<void> {
    checkObjectName(name);
    this.objects.set(name, (await gather(piecesOf(body), OBJECT_LIMIT_BYTES)).slice());
  }

  async putIfAbsent(name: ObjectName, body: Bytes | AsyncIterable<Bytes>): Promise<'created' | 'exists'> {
    checkObjectName(name);
    const bytes = (await gather(piecesOf(body), OBJECT_LIMIT_BYTES)).slice();
    if (this.objects.has(name)) return 'exists';
    this.objects.set(name, bytes);
    return 'created';
  }

  async *get(name: ObjectName, { offset = 0, lengthBytes }: ReadRange & Cancellable = {}): AsyncIterable<Bytes> {
    checkObjectName(name);
    const bytes = this.objects.get(name);
    if (!bytes) throw cloudsError('object-unknown', { name });
    const end = lengthBytes === undefined ? bytes.length : offset + lengthBytes;
    if (offset < bytes.length) yield bytes.slice(offset, end);
  }

  async list({ prefix = '', after = '', limit }: ListPage): Promise<ObjectName[]> {
    return [...this.objects.keys()]
      .filter((name) => name.startsWith(prefix) && name > after)
      .sort((a, b) => (a < b ? -1 : 1))
      .slice(0, limit);
  }

  async delete(name: ObjectName): Promise<void> {
    checkObjectName(name);
    this.objects.delete(name);
  }

  async usage(): Promise<StoreUsage> {
    const sizes = [...this.objects.values()].map((bytes) => bytes.length);
    return { objects: sizes.length, sizeBytes: sizes.reduce((sum, size) => sum + size, 0) };
  }
}
