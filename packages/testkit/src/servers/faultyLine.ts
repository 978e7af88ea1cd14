import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a line does wrong. */
export interface LineFault {
  /** Cuts a connection when so many bytes have gone towards the client, or the server, on all together; then works again. */
  cutAfter?: { down: number } | { up: number };
  /** Takes connections and passes nothing on. */
  silent?: boolean;
  /** Everything towards the client comes so much later. */
  delayMs?: number;
}

/** A line of TCP between a driver and a real server, which a test can cut, silence or slow down. It sees what both send, encrypted. */
export class FaultyLine {
  #fault: LineFault = {};
  #passed = { up: 0, down: 0 };
  /** Connections that were cut. */
  cuts = 0;
  readonly #sockets = new Set<Socket>();
  readonly #servers: Server[] = [];

  private constructor() {}

  /** Listens on ports of `host` and passes each to a port of 127.0.0.1. Port 0: a free one. */
  static async open(ports: { from: number; to: number }[], host = '127.0.0.1'): Promise<FaultyLine> {
    const line = new FaultyLine();
    for (const { from, to } of ports) {
      const server = createServer((near) => line.#pass(near, to));
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(from, host, resolve);
      });
      line.#servers.push(server);
    }
    return line;
  }

  get fault(): LineFault {
    return this.#fault;
  }

  set fault(fault: LineFault) {
    this.#fault = fault;
    this.#passed = { up: 0, down: 0 };
  }

  get port(): number {
    return (this.#servers[0]!.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  #pass(near: Socket, to: number): void {
    const far = connect(to, '127.0.0.1');
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        for (const other of [near, far]) other.destroy();
      });
    }
    this.#pump(near, far, 'up');
    this.#pump(far, near, 'down');
  }

  #pump(from: Socket, to: Socket, direction: 'up' | 'down'): void {
    from.on('data', (bytes) => {
      const { silent, delayMs = 0, cutAfter = {} } = this.#fault;
      if (silent) return;
      this.#passed[direction] += bytes.length;
      const limit = (cutAfter as Partial<Record<typeof direction, number>>)[direction] ?? Number.POSITIVE_INFINITY;
      if (this.#passed[direction] > limit) {
        this.fault = {};
        this.cuts++;
        // As a line that breaks: no farewell on either side.
        from.resetAndDestroy();
        to.resetAndDestroy();
      } else if (direction === 'down' && delayMs > 0) {
        // In order, since all wait alike.
        setTimeout(() => to.write(bytes), delayMs);
      } else if (!to.write(bytes)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    });
    from.on('end', () => to.end());
  }
}
