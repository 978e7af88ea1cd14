import { type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http';
import { createServer, type Server, request as tlsRequest } from 'node:https';
import type { Certified } from './certificates.ts';

/** An answer in place of the server's. */
export interface FrontAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

/** Where a front passes requests to. */
export interface FrontOptions {
  certified: Certified;
  port: number;
  tls: boolean;
  /** What the server is told as the host that was asked for, where that matters to it. */
  host?: string;
  /** Looks at each request; gives an answer of its own, or nothing to let it through. */
  answer?: (request: IncomingMessage) => FrontAnswer | undefined;
}

/** Speaks TLS with its own certificate in front of a real server, and answers in its place where a test wants that. */
export class Front {
  /** Requests seen. */
  requests = 0;

  private constructor(
    readonly options: FrontOptions,
    readonly server: Server,
  ) {}

  static async open(options: FrontOptions): Promise<Front> {
    const { certificate: cert, key } = options.certified;
    const server = createServer({ cert, key });
    const front = new Front(options, server);
    server.on('request', (request, response) => front.#take(request, response));
    server.on('checkContinue', (request, response) => {
      response.writeContinue();
      front.#take(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return front;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    this.requests++;
    const own = this.options.answer?.(request);
    if (own) {
      response.writeHead(own.status, own.headers);
      response.end(own.body);
      // The rest of the request is read, so that the client sees the answer and no broken line.
      request.resume();
      return;
    }
    const { expect: _, ...headers } = request.headers;
    const onward = (this.options.tls ? tlsRequest : plainRequest)({
      host: '127.0.0.1',
      port: this.options.port,
      method: request.method,
      path: request.url,
      headers: { ...headers, ...(this.options.host && { host: this.options.host }) },
      rejectUnauthorized: false,
    });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
    request.on('error', () => onward.destroy());
    response.on('close', () => onward.destroy());
  }
}
