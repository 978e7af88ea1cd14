import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Bytes } from '@salus/base';
import { cloudsError } from '../../errors.ts';
import type { Cancellable, ObjectName } from '../../objectStore.ts';
import { type Failure, reasonOf } from '../failure.ts';
import { keyOf, nameOfKey } from '../flatKey.ts';
import { checkedBody, rangeHeader } from '../httpRange.ts';
import type { RemoteStore } from '../remoteStore.ts';
import type { Driver } from '../stack.ts';
import type { ConfigOf, SecretsOf } from '../storeConfig.ts';

// The smallest part there may be. 10,000 at most: 52 GB, above the largest file that is taken. Two at once lie in memory.
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
const SOCKETS = 32;

/** A bucket of anything that speaks S3. Conditional writes are asked of the server; one that ignores them is no S3 any more. */
export function s3Driver(config: ConfigOf<'s3'>, secrets: SecretsOf<'s3'>, ca: string | undefined): Driver {
  const { accessKeyId, secretAccessKey, sessionToken } = secrets;
  const client = new S3Client({
    endpoint: config.endpoint,
    region: config.region,
    forcePathStyle: config.pathStyle,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
    // Retries are a wrapper's, as every driver's.
    maxAttempts: 1,
    // Newer checksums are unknown to many servers, and what we store is checked by its name.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Where the library sends `Expect`, it makes connections that know nothing of our authorities.
    expectContinueHeader: false,
    requestHandler: { httpsAgent: { keepAlive: true, maxSockets: SOCKETS, ...(ca && { ca }) } },
  });
  return { store: new S3Store(client, config.bucket, config.prefix ? `${config.prefix}/` : ''), failureOf };
}

class S3Store implements RemoteStore {
  constructor(
    readonly client: S3Client,
    readonly bucket: string,
    readonly prefix: string,
  ) {}

  async put(name: ObjectName, body: Bytes | AsyncIterable<Bytes>, options: Cancellable = {}): Promise<void> {
    await this.#write(name, body, options);
  }

  async putIfAbsent(name: ObjectName, body: Bytes | AsyncIterable<Bytes>, options: Cancellable = {}) {
    try {
      await this.#write(name, body, options, '*');
      return 'created';
    } catch (thrown) {
      if (failureOf(thrown).status !== 412) throw thrown;
      return 'exists';
    }
  }

  async *get(name: ObjectName, { signal, seen = {}, ...range }: Parameters<RemoteStore['get']>[1] = {}) {
    const Range = rangeHeader(range);
    const command = new GetObjectCommand({
      ...this.#at(name),
      ...(Range && { Range }),
      ...(seen.tag && { IfMatch: seen.tag }),
    });
    const answer = await this.client.send(command, { ...(signal && { abortSignal: signal }) }).catch((thrown) => {
      const { status } = failureOf(thrown);
      if (status === 416) return undefined;
      throw status === 412 ? cloudsError('object-changed', { name }) : thrown;
    });
    if (!answer) return;
    if (answer.ETag) seen.tag = answer.ETag;
    const { ContentRange: contentRange, ContentLength: lengthBytes } = answer;
    yield* checkedBody(answer.Body as Readable, { range, contentRange, lengthBytes });
  }

  async list({ prefix = '', after, limit, signal }: Parameters<RemoteStore['list']>[0]): Promise<ObjectName[]> {
    const command = new ListObjectsV2Command({
      Bucket: this.bucket,
      Prefix: this.prefix + keyOf(prefix),
      MaxKeys: limit,
      ...(after && { StartAfter: this.prefix + keyOf(after) }),
    });
    const { Contents = [] } = await this.client.send(command, { ...(signal && { abortSignal: signal }) });
    return Contents.map(({ Key = '' }) => nameOfKey(Key.slice(this.prefix.length)));
  }

  async delete(name: ObjectName, { signal }: Cancellable = {}): Promise<void> {
    await this.client.send(new DeleteObjectCommand(this.#at(name)), { ...(signal && { abortSignal: signal }) });
  }

  async promises() {
    return { putIfAbsent: 'atomic', put: 'synced' } as const;
  }

  async close(): Promise<void> {
    this.client.destroy();
  }

  async #write(
    name: ObjectName,
    body: Bytes | AsyncIterable<Bytes>,
    { signal }: Cancellable,
    ifNoneMatch?: '*',
  ): Promise<void> {
    const params = { ...this.#at(name), ...(ifNoneMatch && { IfNoneMatch: ifNoneMatch }) };
    if (body instanceof Uint8Array) {
      const command = new PutObjectCommand({ ...params, Body: body });
      await this.client.send(command, { ...(signal && { abortSignal: signal }) });
      return;
    }
    // Parts become an object at the end or not at all; where the body fails, the parts sent are dropped.
    const upload = new Upload({
      client: this.client,
      params: { ...params, Body: Readable.from(body, { objectMode: false }) },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
    });
    const cancel = () => void upload.abort();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      await upload.done();
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  #at(name: ObjectName) {
    return { Bucket: this.bucket, Key: this.prefix + keyOf(name) };
  }
}

/** The library attaches the answer to everything it throws after one, also where it could not read it. */
interface Answered {
  name?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: { statusCode?: number; headers?: Record<string, string> };
}

function failureOf(thrown: unknown): Failure {
  const { name, $metadata, $response } = (thrown ?? {}) as Answered;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  const said = thrown instanceof S3ServiceException ? name : undefined;
  return {
    status: status !== undefined && status >= 300 ? status : undefined,
    reason: said ?? reasonOf(thrown),
    retryAfter: $response?.headers?.['retry-after'],
    missing: said === 'NoSuchKey',
  };
}
