import { type Bytes, concat, fromHex, type Random } from '@salus/base';
import { nodeError } from '../errors.ts';
import { type BackupPlace, chunkObject, listObject } from './place.ts';
import { ChunkSealer, chunkName, PART_BYTES, sealList } from './sealed.ts';
import {
  type BackedUpFile,
  type BackupSet,
  encodeReference,
  encodeSet,
  type FileName,
  newSetId,
  type Reference,
  type SetId,
} from './set.ts';

/** Objects under way at once: enough to hide a line's delay, few enough for a server that counts connections. */
const PARALLEL = 4;

/** What a backup sent, and what was there already. */
export interface Sent {
  objects: number;
  sizeBytes: number;
  known: number;
}

/** Writes a set into a place: what is not there yet, and last the set itself, by which all of it exists. */
export class SetWriter {
  readonly sent: Sent = { objects: 0, sizeBytes: 0, known: 0 };
  readonly #underWay = new Set<Promise<void>>();
  readonly #sealer: ChunkSealer;
  #failed: { thrown: unknown } | undefined;

  constructor(
    readonly place: BackupPlace,
    readonly random: Random,
    readonly signal?: AbortSignal,
  ) {
    this.#sealer = new ChunkSealer(place.keys, random);
  }

  /** Cuts a file and sends the chunks that are not there. The chunks are durable when `finish` resolves. */
  async file(name: FileName, content: AsyncIterable<Bytes> | Iterable<Bytes>): Promise<BackedUpFile> {
    const references: Reference[] = [];
    for await (const part of cut(content)) references.push(await this.#chunk(part));
    return this.list(name, references);
  }

  /** A file of chunks that were sent by themselves. */
  async list(name: FileName, references: readonly Reference[]): Promise<BackedUpFile> {
    const lists: BackedUpFile['lists'] = [];
    for await (const part of cut([concat(...references.map(encodeReference))])) lists.push(await this.#list(part));
    return { name, sizeBytes: references.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), lists };
  }

  async #chunk(plaintext: Bytes): Promise<Reference> {
    const reference = { name: chunkName(this.place.keys, 'chunk', plaintext), sizeBytes: plaintext.length };
    await this.send(reference, plaintext);
    return reference;
  }

  /** Sends a chunk unless it is there. Waits for room, not for the end. Throws what an earlier one failed with. */
  async send({ name }: Reference, plaintext: Bytes): Promise<void> {
    await this.#put(chunkObject(name), () => this.#sealer.seal(name, plaintext));
  }

  async #list(plaintext: Bytes): Promise<{ name: Bytes; sizeBytes: number }> {
    const { keys } = this.place;
    const name = chunkName(keys, 'list', plaintext);
    await this.#put(listObject(name), () => sealList(keys, name, plaintext, this.random));
    return { name: fromHex(name), sizeBytes: plaintext.length };
  }

  /** The caller may fill the plaintext again once this resolves: it is sealed by then. */
  async #put(object: string, seal: () => Promise<Bytes>): Promise<void> {
    this.#needWell();
    if (this.place.objects.has(object)) {
      this.sent.known++;
      return;
    }
    this.place.objects.add(object);
    const sealed = await seal();
    while (this.#underWay.size >= PARALLEL) await Promise.race(this.#underWay);
    const put: Promise<void> = this.place.store
      .put(object, sealed)
      .then(
        () => {
          this.sent.objects++;
          this.sent.sizeBytes += sealed.length;
        },
        (thrown: unknown) => {
          this.#failed ??= { thrown };
        },
      )
      .finally(() => this.#underWay.delete(put));
    this.#underWay.add(put);
  }

  #needWell(): void {
    if (this.#failed) throw this.#failed.thrown;
    if (this.signal?.aborted) throw nodeError('backup-stopped');
  }

  /** Writes the set, once everything it names is durable. */
  async finish(set: Omit<BackupSet, 'v'>): Promise<SetId> {
    await Promise.all(this.#underWay);
    this.#needWell();
    const id = newSetId(set.madeAt, this.random);
    const sealed = await sealList(this.place.keys, id, encodeSet(set), this.random);
    await this.place.store.put(id, sealed);
    this.place.sets.push(id);
    this.sent.objects++;
    this.sent.sizeBytes += sealed.length;
    return id;
  }

  /** Lets what is under way end, after a failure. */
  async abandon(): Promise<void> {
    await Promise.all(this.#underWay);
  }
}

/** Parts of a stream, each valid until the next is asked for. */
async function* cut(content: AsyncIterable<Bytes> | Iterable<Bytes>): AsyncGenerator<Bytes> {
  const part = new Uint8Array(PART_BYTES);
  let length = 0;
  for await (const bytes of content)
    for (let at = 0; at < bytes.length; ) {
      const step = bytes.subarray(at, at + PART_BYTES - length);
      part.set(step, length);
      length += step.length;
      at += step.length;
      if (length < PART_BYTES) continue;
      yield part;
      length = 0;
    }
  if (length > 0) yield part.subarray(0, length);
}
