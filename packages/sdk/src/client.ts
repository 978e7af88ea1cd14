import {
  apiError,
  type BodyOf,
  CBOR,
  decodeBody,
  encodeBody,
  fromWire,
  RAW,
  type ReplyOf,
  type Route,
  type RouteName,
  type Routes,
  routes,
  wireError,
} from '@salus/api';
import { type Bytes, checkShape, isSalusError } from '@salus/base';
import { sdkError } from './errors.ts';

/** How a session is opened again, when the node has ended it. */
export type Reopen = () => Promise<string>;

/** Largest reply that is not a stream: a page of proofs and manifests. */
const REPLY_LIMIT_BYTES = 128 * 1024 * 1024;
const ERROR_LIMIT_BYTES = 65_536;

/** Speaks the API with one node. Every reply is checked against the route's schema before anybody sees it. */
export class Client {
  #token: string | undefined;
  #opening: Promise<string> | undefined;
  #reopen: Reopen | undefined;
  readonly url: string;

  constructor(url: string) {
    this.url = url.replace(/\/+$/, '');
  }

  /** What sessions are bound to: the scheme, host and port of the node. */
  get origin(): string {
    return new URL(this.url).origin;
  }

  /** From now on calls that need a session open one by themselves. */
  signIn(reopen: Reopen): void {
    this.#reopen = reopen;
    this.#token = undefined;
  }

  /** Calls a route. Throws the node's error, or `node-unreachable`. */
  async call<Name extends RouteName>(
    name: Name,
    body: BodyOf<Routes[Name]>,
    params: Record<string, string> = {},
  ): Promise<ReplyOf<Routes[Name]>> {
    const route: Route = routes[name];
    const response = await this.#send(route, body, params);
    const bytes = await wholeBody(response, this.url, REPLY_LIMIT_BYTES);
    const reply = decodeBody(response.headers.get('content-type') ?? '', bytes, REPLY_LIMIT_BYTES);
    return checkShape(`the answer of ${name}`, reply, route.reply) as ReplyOf<Routes[Name]>;
  }

  /** Calls a route that streams. */
  async stream<Name extends RouteName>(
    name: Name,
    body: BodyOf<Routes[Name]>,
    params: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<AsyncIterable<Bytes>> {
    const response = await this.#send(routes[name], body, params, signal);
    return this.#parts(response.body, signal);
  }

  /** A connection that ends in the middle is a node that cannot be reached, unless the caller ended it. */
  async *#parts(body: AsyncIterable<Bytes> | null, signal?: AbortSignal): AsyncGenerator<Bytes> {
    try {
      if (body) yield* body;
    } catch (thrown) {
      if (signal?.aborted) throw thrown;
      throw apiError('node-unreachable', { node: this.url });
    }
  }

  async #send(route: Route, body: unknown, params: Record<string, string>, signal?: AbortSignal): Promise<Response> {
    if (route.access === 'public') return this.#fetch(route, body, params, undefined, signal);
    const token = await this.#session();
    try {
      return await this.#fetch(route, body, params, token, signal);
    } catch (thrown) {
      if (!isSalusError(thrown, 'session-expired', 'session-required')) throw thrown;
      if (this.#token === token) this.#token = undefined;
      return this.#fetch(route, body, params, await this.#session(), signal);
    }
  }

  /** The session's token; one opening serves all calls that wait for it. */
  async #session(): Promise<string> {
    if (this.#token) return this.#token;
    if (!this.#reopen) throw apiError('session-required');
    this.#opening ??= this.#reopen().finally(() => {
      this.#opening = undefined;
    });
    this.#token = await this.#opening;
    return this.#token;
  }

  async #fetch(
    route: Route,
    body: unknown,
    params: Record<string, string>,
    token: string | undefined,
    signal?: AbortSignal,
  ): Promise<Response> {
    const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const reads = route.method === 'GET';
    const query = reads ? queryOf(body as Record<string, unknown>) : '';
    let response: Response;
    try {
      response = await fetch(`${this.url}/api/v1${path}${query}`, {
        method: route.method,
        headers: {
          accept: CBOR,
          ...(reads ? {} : { 'content-type': route.raw ? RAW : CBOR }),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        ...(reads ? {} : { body: (route.raw ? body : encodeBody(CBOR, body)) as Uint8Array<ArrayBuffer> }),
        ...(signal ? { signal } : {}),
      });
    } catch (thrown) {
      if (signal?.aborted) throw thrown;
      throw apiError('node-unreachable', { node: this.url });
    }
    if (response.ok) return response;
    throw await errorOf(response, this.url);
  }
}

/** The body, never more of it than was asked for. Throws `node-unreachable`, `answer-dishonest`. */
async function wholeBody(response: Response, node: string, limitBytes: number): Promise<Bytes> {
  const pieces: Bytes[] = [];
  let length = 0;
  try {
    for await (const piece of (response.body ?? []) as AsyncIterable<Bytes>) {
      length += piece.length;
      if (length > limitBytes) break;
      pieces.push(piece);
    }
  } catch {
    throw apiError('node-unreachable', { node });
  }
  if (length > limitBytes) throw sdkError('answer-dishonest', { why: 'it has no end' });
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Somebody else's error, as of a proxy between, says no more than that the node did not answer. */
async function errorOf(response: Response, node: string) {
  try {
    const type = response.headers.get('content-type') ?? '';
    const given = decodeBody(type, await wholeBody(response, node, ERROR_LIMIT_BYTES), ERROR_LIMIT_BYTES);
    return fromWire(checkShape('an error', given, wireError));
  } catch {
    return apiError('node-unreachable', { node });
  }
}

function queryOf(body: Record<string, unknown>): string {
  const given = Object.entries(body).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
