import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import type { Bytes } from '@salus/base';
import { JWT } from 'google-auth-library';
import { cloudsError } from '../../errors.ts';
import type { Cancellable, ObjectName } from '../../objectStore.ts';
import { gather } from '../../pieces.ts';
import { type Failure, reasonOf } from '../failure.ts';
import { keyOf, nameOfKey } from '../flatKey.ts';
import { checkedBody, rangeHeader } from '../httpRange.ts';
import type { RemoteStore } from '../remoteStore.ts';
import type { Driver } from '../stack.ts';
import type { ConfigOf, SecretsOf } from '../storeConfig.ts';

const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_write';
const SOCKETS = 32;
// A thousand names with what is told of each.
const LISTING_LIMIT_BYTES = 16 * 1024 * 1024;
const OK_LIMIT = 300;

/**
 * A bucket of Google Cloud Storage, by its JSON interface. Google's library of the same name takes connections from one pool
 * of the process, whatever authorities a store names; so only its signing in is used, with tokens that the service
 * account's key signs here (decision 0019).
 */
export function gcsDriver(config: ConfigOf<'gcs'>, secrets: SecretsOf<'gcs'>, ca: string | undefined): Driver {
  const account = new JWT({ email: secrets.client_email, key: secrets.private_key, scopes: [SCOPE] });
  account.useJWTAccessWithScope = true;
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS, ...(ca && { ca }) });
  return { store: new GcsStore(account, agent, config), failureOf };
}

interface Request extends Cancellable {
  method?: 'GET' | 'POST' | 'DELETE';
  headers?: Record<string, string>;
  query?: Record<string, string>;
  data?: Buffer | Readable;
}

interface Answer {
  status: number;
  headers: Record<string, string | undefined>;
  data: Readable;
}

class GcsStore implements RemoteStore {
  readonly #prefix: string;

  constructor(
    readonly account: JWT,
    readonly agent: Agent,
    readonly config: ConfigOf<'gcs'>,
  ) {
    this.#prefix = config.prefix ? `${config.prefix}/` : '';
  }

  async put(name: ObjectName, body: Bytes | AsyncIterable<Bytes>, options: Cancellable = {}): Promise<void> {
    await this.#upload(name, body, options, {});
  }

  async putIfAbsent(name: ObjectName, body: Bytes | AsyncIterable<Bytes>, options: Cancellable = {}) {
    const status = await this.#upload(name, body, options, { ifGenerationMatch: '0' }, [412]);
    return status === 412 ? 'exists' : 'created';
  }

  async *get(name: ObjectName, { signal, seen = {}, ...range }: Parameters<RemoteStore['get']>[1] = {}) {
    const Range = rangeHeader(range);
    const headers = { ...(Range && { Range }), 'accept-encoding': 'identity' };
    const answer = await this.#ask(
      this.#objectPath(name),
      { headers, query: { alt: 'media' }, ...(signal && { signal }) },
      [416],
    );
    if (answer.status === 416) return drain(answer);
    const tag = answer.headers['x-goog-generation'] ?? answer.headers.etag ?? '';
    if (seen.tag !== undefined && seen.tag !== tag) {
      answer.data.destroy();
      throw cloudsError('object-changed', { name });
    }
    seen.tag = tag;
    const announced = answer.headers['content-length'];
    yield* checkedBody(answer.data, {
      range,
      contentRange: answer.headers['content-range'],
      lengthBytes: announced === undefined ? undefined : Number(announced),
    });
  }

  async list({ prefix = '', after, limit, signal }: Parameters<RemoteStore['list']>[0]): Promise<ObjectName[]> {
    const query = {
      prefix: this.#prefix + keyOf(prefix),
      fields: 'items(name)',
      // The offset itself is in the answer.
      maxResults: String(limit + 1),
      ...(after && { startOffset: this.#prefix + keyOf(after) }),
    };
    const answer = await this.#ask(this.#bucketPath(), { query, ...(signal && { signal }) });
    const text = Buffer.from(await gather(answer.data as AsyncIterable<Bytes>, LISTING_LIMIT_BYTES)).toString('utf8');
    const { items = [] } = JSON.parse(text) as { items?: { name: string }[] };
    return items.map(({ name }) => nameOfKey(name.slice(this.#prefix.length)));
  }

  async delete(name: ObjectName, options: Cancellable = {}): Promise<void> {
    drain(await this.#ask(this.#objectPath(name), { method: 'DELETE', ...options }));
  }

  async promises() {
    return { putIfAbsent: 'atomic', put: 'synced' } as const;
  }

  async close(): Promise<void> {
    this.agent.destroy();
  }

  /** One request for the whole body: what was cut is no object. */
  async #upload(
    name: ObjectName,
    body: Bytes | AsyncIterable<Bytes>,
    { signal }: Cancellable,
    condition: Record<string, string>,
    accepted: number[] = [],
  ): Promise<number> {
    const data =
      body instanceof Uint8Array
        ? Buffer.from(body.buffer, body.byteOffset, body.byteLength)
        : Readable.from(body, { objectMode: false });
    const answer = await this.#ask(
      `/upload${this.#bucketPath()}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        query: { uploadType: 'media', name: this.#prefix + keyOf(name), ...condition },
        data,
        ...(signal && { signal }),
      },
      accepted,
    );
    drain(answer);
    return answer.status;
  }

  #bucketPath(): string {
    return `/storage/v1/b/${encodeURIComponent(this.config.bucket)}/o`;
  }

  #objectPath(name: ObjectName): string {
    return `${this.#bucketPath()}/${encodeURIComponent(this.#prefix + keyOf(name))}`;
  }

  /** Asks, and gives the answer where it is a success or one of those that the caller knows what to do with. */
  async #ask(path: string, { query = {}, signal, ...request }: Request, accepted: number[] = []): Promise<Answer> {
    const answer = (await this.account.request<Readable>({
      url: `${this.config.endpoint.replace(/\/+$/, '')}${path}?${new URLSearchParams(query)}`,
      ...request,
      agent: this.agent,
      responseType: 'stream',
      retry: false,
      maxRedirects: 0,
      validateStatus: () => true,
      ...(signal && { signal }),
    })) as Answer;
    if (answer.status < OK_LIMIT || accepted.includes(answer.status)) return answer;
    drain(answer);
    throw new Refusal(answer.status, answer.headers['retry-after']);
  }
}

/** An answer that is no success. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly retryAfter: string | undefined,
  ) {
    super(`status ${status}`);
  }
}

function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Refusal)) return { reason: reasonOf(thrown) };
  const { status, retryAfter } = thrown;
  return { status, retryAfter, missing: status === 404 };
}

/** Reads an answer's body to nowhere, so that its connection can be used again; a long one is not worth that. */
function drain({ data }: Answer): undefined {
  let sizeBytes = 0;
  data.on('error', () => undefined);
  data.on('data', (piece: Bytes) => {
    sizeBytes += piece.length;
    if (sizeBytes > 65_536) data.destroy();
  });
  return undefined;
}
