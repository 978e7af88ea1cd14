import { Readable } from 'node:stream';
import { ContainerClient, RestError, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { Bytes } from '@salus/base';
import { cloudsError } from '../../errors.ts';
import { type Cancellable, LIST_LIMIT, type ObjectName } from '../../objectStore.ts';
import { type Failure, reasonOf } from '../failure.ts';
import { keyOf, nameOfKey } from '../flatKey.ts';
import { checkedBody } from '../httpRange.ts';
import type { RemoteStore } from '../remoteStore.ts';
import type { Driver } from '../stack.ts';
import type { ConfigOf, SecretsOf } from '../storeConfig.ts';

// Of a stream, two blocks lie in memory; 50,000 of them are 200 GB, above the largest file that is taken.
const BLOCK_BYTES = 4 * 1024 * 1024;
const BLOCKS_AT_ONCE = 2;
// Where many callers go through listings at once, the oldest begins anew.
const PLACES_KEPT = 64;
// A store of a hundred million objects; a server that never ends is none.
const PAGES_LIMIT = 100_000;

/** A container of Azure's blob storage, with the account's key. */
export function azureDriver(config: ConfigOf<'azure'>, secrets: SecretsOf<'azure'>, ca: string | undefined): Driver {
  const address = `${config.endpoint.replace(/\/+$/, '')}/${config.container}`;
  // The type leaves out what the library passes on to its transport.
  const options = { retryOptions: { maxTries: 1 }, ...(ca && { tlsOptions: { ca } }) };
  const client = new ContainerClient(address, new StorageSharedKeyCredential(secrets.account, secrets.key), options);
  return { store: new AzureStore(client, config.prefix ? `${config.prefix}/` : ''), failureOf };
}

class AzureStore implements RemoteStore {
  /** Where the provider said that a listing goes on, by the listing and the last name given out. */
  readonly #places = new Map<string, string>();

  constructor(
    readonly client: ContainerClient,
    readonly prefix: string,
  ) {}

  async put(name: ObjectName, body: Bytes | AsyncIterable<Bytes>, options: Cancellable = {}): Promise<void> {
    await this.#write(name, body, options, {});
  }

  async putIfAbsent(name: ObjectName, body: Bytes | AsyncIterable<Bytes>, options: Cancellable = {}) {
    try {
      await this.#write(name, body, options, { ifNoneMatch: '*' });
      return 'created';
    } catch (thrown) {
      if (!(thrown instanceof RestError) || (thrown.statusCode !== 412 && thrown.code !== 'BlobAlreadyExists'))
        throw thrown;
      return 'exists';
    }
  }

  async *get(name: ObjectName, { signal, seen = {}, ...range }: Parameters<RemoteStore['get']>[1] = {}) {
    const answer = await this.#blob(name)
      .download(range.offset ?? 0, range.lengthBytes, {
        ...abortOf(signal),
        ...(seen.tag && { conditions: { ifMatch: seen.tag } }),
        maxRetryRequests: 0,
      })
      .catch((thrown: unknown) => {
        const status = thrown instanceof RestError ? thrown.statusCode : undefined;
        if (status === 416) return undefined;
        throw status === 412 ? cloudsError('object-changed', { name }) : thrown;
      });
    if (!answer) return;
    if (answer.etag) seen.tag = answer.etag;
    const { contentRange, contentLength: lengthBytes } = answer;
    yield* checkedBody(answer.readableStreamBody as Readable, { range, contentRange, lengthBytes });
  }

  /** The provider lists in order but begins anywhere only at a place it gave out itself: those are kept for who goes on. */
  async list({ prefix = '', after = '', limit, signal }: Parameters<RemoteStore['list']>[0]): Promise<ObjectName[]> {
    const found: ObjectName[] = [];
    let place = after ? this.#places.get(`${prefix} ${after}`) : undefined;
    const isWalk = after !== '' && place === undefined;
    for (let pages = 0; pages < PAGES_LIMIT; pages++) {
      const listing = this.client.listBlobsFlat({ prefix: this.prefix + keyOf(prefix), ...abortOf(signal) });
      const settings = {
        maxPageSize: isWalk ? LIST_LIMIT : limit - found.length,
        ...(place && { continuationToken: place }),
      };
      const { value: page } = await listing.byPage(settings).next();
      if (!page) break;
      const names = page.segment.blobItems.map((item: { name: string }) =>
        nameOfKey(item.name.slice(this.prefix.length)),
      );
      found.push(...names.filter((name: ObjectName) => name > after));
      place = page.continuationToken || undefined;
      if (!place || found.length >= limit) break;
    }
    const last = found.at(-1);
    if (place && last !== undefined && found.length === limit) this.#keep(`${prefix} ${last}`, place);
    return found;
  }

  async delete(name: ObjectName, { signal }: Cancellable = {}): Promise<void> {
    await this.#blob(name).delete(abortOf(signal));
  }

  async promises() {
    return { putIfAbsent: 'atomic', put: 'synced' } as const;
  }

  async close(): Promise<void> {}

  async #write(
    name: ObjectName,
    body: Bytes | AsyncIterable<Bytes>,
    { signal }: Cancellable,
    conditions: { ifNoneMatch?: string },
  ): Promise<void> {
    const options = { conditions, ...abortOf(signal) };
    const blob = this.#blob(name);
    if (body instanceof Uint8Array) {
      await blob.upload(Buffer.from(body.buffer, body.byteOffset, body.byteLength), body.length, options);
      return;
    }
    // Blocks become a blob at the end or not at all; the provider drops what is never committed after a week.
    await blob.uploadStream(Readable.from(body, { objectMode: false }), BLOCK_BYTES, BLOCKS_AT_ONCE, options);
  }

  #blob(name: ObjectName) {
    return this.client.getBlockBlobClient(this.prefix + keyOf(name));
  }

  #keep(listing: string, place: string): void {
    this.#places.delete(listing);
    this.#places.set(listing, place);
    for (const oldest of this.#places.keys()) if (this.#places.size > PLACES_KEPT) this.#places.delete(oldest);
  }
}

const abortOf = (signal: AbortSignal | undefined) => (signal ? { abortSignal: signal } : {});

function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof RestError)) return { reason: reasonOf(thrown) };
  const { statusCode, code, response } = thrown;
  return {
    status: statusCode,
    reason: code,
    retryAfter: response?.headers.get('retry-after'),
    missing: statusCode === 404 && code !== 'ContainerNotFound',
  };
}
