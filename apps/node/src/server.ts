import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import {
  apiError,
  CBOR,
  decodeBody,
  encodeBody,
  JSON_TYPE,
  LIMITS,
  type ParsedBodyOf,
  RAW,
  type Route,
  type RouteName,
  type Routes,
  routes,
  statusOf,
  toWire,
} from '@salus/api';
import { type Bytes, checkShape, isSalusError, type SalusError } from '@salus/base';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { CallCounts } from './callCounts.ts';
import { machineClock } from './clock.ts';
import type { Metrics } from './metrics.ts';
import { BODY_LIMIT_BYTES, readRawBody, releaseRawBody } from './rawBody.ts';
import type { Caller } from './sessions.ts';
import { answerUnparsed } from './unparsed.ts';

/** What a handler gets: who calls, and the values of `:name` parameters in the path. */
export interface Call {
  caller: Caller;
  token: string;
  params: Record<string, string>;
  /** Aborted when the caller goes away. */
  signal: AbortSignal;
}

export type Handler<Name extends RouteName> = (
  body: ParsedBodyOf<Routes[Name]>,
  call: Call,
) => Promise<unknown> | unknown;
export type Handlers = { [Name in RouteName]: Handler<Name> };

export interface ServerOptions {
  handlers: Handlers;
  /** Finds the caller of a token and checks that account and device may call routes of this access. */
  admit: (route: Route, token: string | undefined) => Caller | undefined;
  openApi: unknown;
  health: () => Promise<{ ok: boolean } & Record<string, unknown>>;
  metrics: Metrics;
  log: Logger;
  /** Calls a minute from one address. */
  perMinute: number;
}

/** The node's HTTP edge: encodings, sessions, limits, errors. Handlers see checked values and throw our errors. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    logger: false,
    requestTimeout: LIMITS.requestMs,
    keepAliveTimeout: LIMITS.keptAliveMs,
    // A request that names no host is answered like any other, not by the platform with an empty refusal.
    http: { maxHeaderSize: LIMITS.headerBytes, requireHostHeader: false },
    clientErrorHandler: answerUnparsed,
    // An address that the router cannot even read is of nothing that is here.
    frameworkErrors: (_error, request, reply) =>
      sendError(apiError('route-unknown', { path: 'this address' }), request, reply, options.log),
  });
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  await app.register(rateLimit, {
    max: options.perMinute,
    timeWindow: 60_000,
    store: PassingTimeCounts,
    errorResponseBuilder: (_request, context) =>
      apiError('too-many-requests', { seconds: Math.ceil(context.ttl / 1000) }),
  });
  // Expectations that nobody here knows are passed over (RFC 9110, section 10.1.1), as without them.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response));
  app.removeAllContentTypeParsers();
  for (const type of [CBOR, JSON_TYPE])
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addContentTypeParser(RAW, (_request: FastifyRequest, payload: IncomingMessage) => readRawBody(payload));
  app.setErrorHandler((thrown, request, reply) => sendError(thrown, request, reply, options.log));
  app.setNotFoundHandler((request, reply) =>
    sendError(apiError('route-unknown', { path: request.url.split('?')[0]! }), request, reply, options.log),
  );
  for (const name of Object.keys(routes) as RouteName[]) addRoute(app, name, options);
  app.get('/api/openapi.json', async (_request, reply) => reply.type(JSON_TYPE).send(options.openApi));
  app.get('/health', { config: { rateLimit: false } }, async (_request, reply) => {
    const health = await options.health();
    return reply.code(health.ok ? 200 : 503).send(health);
  });
  app.get('/metrics', { config: { rateLimit: false } }, async (_request, reply) =>
    reply.type(options.metrics.contentType).send(await options.metrics.text()),
  );
  return app;
}

/** The limiter makes its store by itself. */
class PassingTimeCounts extends CallCounts {
  constructor() {
    super(machineClock.now);
  }
}

function addRoute(app: FastifyInstance, name: RouteName, options: ServerOptions): void {
  const route: Route = routes[name];
  const handler = options.handlers[name] as (body: unknown, call: Call) => Promise<unknown> | unknown;
  app.route({
    method: route.method,
    url: `/api/v1${route.path}`,
    ...(route.perMinute
      ? {
          config: {
            rateLimit: { max: Math.min(route.perMinute * PER_MINUTE_FACTOR, options.perMinute), timeWindow: 60_000 },
          },
        }
      : {}),
    handler: async (request, reply) => {
      const stop = options.metrics.requestTimer(name);
      const token = request.headers.authorization?.replace(/^Bearer /, '');
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const call: Call = {
        caller: NOBODY,
        token: token ?? '',
        params: request.params as Record<string, string>,
        signal: gone.signal,
      };
      const answer = await handled(request, () => {
        call.caller = options.admit(route, token) ?? NOBODY;
        return handler(checkShape('request', bodyOf(route, request), route.body), call);
      });
      reply.raw.once('finish', () => stop(reply.statusCode));
      reply.header('cache-control', 'no-store');
      if (route.streams) {
        const stream = await streamOf(answer as AsyncIterable<Bytes>);
        return reply.type('application/octet-stream').send(stream);
      }
      const type = request.headers.accept?.includes(CBOR) ? CBOR : JSON_TYPE;
      return reply.type(type).send(Buffer.from(encodeBody(type, answer)));
    },
  });
}

/** Nothing looks at a body of bytes as they are once its handler has ended, however it ended. */
async function handled<Answer>({ body }: FastifyRequest, handle: () => Answer): Promise<Awaited<Answer>> {
  try {
    return await handle();
  } finally {
    if (Buffer.isBuffer(body)) releaseRawBody(body);
  }
}

/** A stream whose beginning has succeeded: what fails at once is answered as an error, not as a cut stream. */
async function streamOf(answer: AsyncIterable<Bytes>): Promise<Readable> {
  const iterator = answer[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* whole() {
    if (!first.done) yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return Readable.from(whole(), { objectMode: false });
}

// Limits in the route table are for one person; a ward or a hospital's proxy shares one address.
const PER_MINUTE_FACTOR = 10;
const NOBODY: Caller = { account: '', device: '' };

function bodyOf(route: Route, request: FastifyRequest): unknown {
  if (route.method === 'GET') return request.query;
  const bytes = request.body as Buffer | undefined;
  const type = request.headers['content-type'] ?? '';
  if (route.raw || type.startsWith(RAW)) {
    if (!route.raw || !type.startsWith(RAW)) throw apiError('media-type');
    return bytes ?? new Uint8Array(0);
  }
  if (!bytes || bytes.length === 0) return {};
  return decodeBody(type, bytes, BODY_LIMIT_BYTES);
}

function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const error = asSalusError(thrown, request, log);
  const type = request.headers.accept?.includes(CBOR) ? CBOR : JSON_TYPE;
  return reply
    .code(statusOf(error.code))
    .type(type)
    .send(Buffer.from(encodeBody(type, toWire(error))));
}

/** Ours as they are; the framework's by what they mean; anything else is our bug: logged, named by a reference only. */
function asSalusError(thrown: unknown, request: FastifyRequest, log: Logger): SalusError {
  if (isSalusError(thrown)) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return apiError('body-oversized', { limitBytes: LIMITS.requestBytes });
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return apiError('media-type');
  if (code.startsWith('FST_ERR_CTP')) return apiError('media-type');
  log.error({ err: thrown, reference: request.id, route: request.routeOptions.url }, 'unexpected failure');
  return apiError('internal', { reference: String(request.id) });
}
