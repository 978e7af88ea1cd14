import { type Bytes, concat, hex, isSalusError } from '@salus/base';
import { gather, LIST_LIMIT, type ObjectStore } from '@salus/clouds';
import { nodeError } from '../errors.ts';
import type { BackupKeys } from './keys.ts';
import { CHUNK_OVERHEAD, type ChunkName, isChunk, LIST_OVERHEAD, openList } from './sealed.ts';
import {
  type BackedUpFile,
  type BackupSet,
  parseReferences,
  parseSet,
  type Reference,
  SET_LIMIT_BYTES,
  SET_PREFIX,
  type SetId,
} from './set.ts';

/** More sets than any retention keeps; a place that lists more is not ours. */
const SETS_LIMIT = 10_000;
const CHUNK_OBJECT = /^[0-9a-f]{64}\.(chunk|list)$/;

export const chunkObject = (name: ChunkName): string => `${name}.chunk`;
export const listObject = (name: ChunkName): string => `${name}.list`;

/** Where backups of one node lie, as seen at one moment. Believes nothing that its keys do not vouch for. */
export class BackupPlace {
  /** Ids of the sets that are there, oldest first. */
  readonly sets: SetId[] = [];
  /** Object names of chunks and lists that are there. */
  readonly objects = new Set<string>();
  readonly #lists = new Map<ChunkName, Bytes>();

  private constructor(
    readonly store: ObjectStore,
    readonly keys: BackupKeys,
  ) {}

  /** Lists a place, a page at a time. Throws what the store fails with, and `backup-foreign` where it lists without end. */
  static async open(store: ObjectStore, keys: BackupKeys): Promise<BackupPlace> {
    const place = new BackupPlace(store, keys);
    for (let after = ''; ; ) {
      const page = await store.list({ after, limit: LIST_LIMIT });
      for (const name of page) place.#note(name);
      const last = page.at(-1);
      if (last === undefined || last <= after) return place;
      after = last;
    }
  }

  #note(name: string): void {
    if (name.startsWith(SET_PREFIX)) this.sets.push(name);
    else if (CHUNK_OBJECT.test(name)) this.objects.add(name);
    if (this.sets.length > SETS_LIMIT) throw nodeError('backup-foreign', { set: name });
  }

  /** Reads a set. Throws `backup-foreign` where these keys did not seal it, under this very name, and `backup-unknown` where it is gone. */
  async read(id: SetId): Promise<BackupSet> {
    const object = await this.#object(id, SET_LIMIT_BYTES + LIST_OVERHEAD);
    if (!object) throw nodeError('backup-unknown', { set: id });
    const bytes = await openList(this.keys, id, object);
    if (!bytes) throw nodeError('backup-foreign', { set: id });
    return parseSet(bytes);
  }

  /** Chunks of a file of a set, in order. Throws `backup-unreadable`. */
  async references({ name, sizeBytes, lists }: BackedUpFile): Promise<Reference[]> {
    // Each is read before room is made for the next: a set may say what it likes of their lengths.
    const parts: Bytes[] = [];
    for (const list of lists) parts.push(await this.list(hex(list.name), list.sizeBytes));
    const references = parseReferences(concat(...parts));
    if (!references || references.reduce((sum, one) => sum + one.sizeBytes, 0) !== sizeBytes)
      throw nodeError('backup-unreadable', { why: `the list of ${name} is not what the set says` });
    return references;
  }

  /** A part of a list, opened; the same one stands in many sets, and is read once. Throws `backup-unreadable`. */
  async list(name: ChunkName, sizeBytes: number): Promise<Bytes> {
    const held = this.#lists.get(name);
    if (held?.length === sizeBytes) return held;
    const object = await this.#object(listObject(name), sizeBytes + LIST_OVERHEAD);
    const bytes = object && (await openList(this.keys, name, object));
    if (bytes?.length !== sizeBytes)
      throw nodeError('backup-unreadable', { why: `list ${name} is ${object ? 'altered' : 'missing'}` });
    this.#lists.set(name, bytes);
    return bytes;
  }

  /** The sealed object of a chunk, checked as far as is possible without the recovery key. Throws `backup-unreadable`. */
  async chunk({ name, sizeBytes }: Reference): Promise<Bytes> {
    const object = await this.#object(chunkObject(name), sizeBytes + CHUNK_OVERHEAD);
    if (object?.length !== sizeBytes + CHUNK_OVERHEAD || !isChunk(this.keys, name, object))
      throw nodeError('backup-unreadable', { why: `chunk ${name} is ${object ? 'altered' : 'missing'}` });
    return object;
  }

  /** Every object that these sets need. */
  async needed(sets: Iterable<BackupSet>): Promise<Set<string>> {
    const needed = new Set<string>();
    for (const { files } of sets)
      for (const file of files) {
        for (const { name } of file.lists) needed.add(listObject(hex(name)));
        for (const { name } of await this.references(file)) needed.add(chunkObject(name));
      }
    return needed;
  }

  /** Undefined where it is not there; longer than it can be counts as altered, and nothing of it. */
  async #object(name: string, limitBytes: number): Promise<Bytes | undefined> {
    try {
      return await gather(this.store.get(name, { lengthBytes: limitBytes + 1 }), limitBytes);
    } catch (thrown) {
      if (isSalusError(thrown, 'object-unknown')) return undefined;
      if (isSalusError(thrown, 'object-oversized')) return new Uint8Array(0);
      throw thrown;
    }
  }
}
