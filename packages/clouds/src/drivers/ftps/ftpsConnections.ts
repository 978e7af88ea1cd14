import { type AccessOptions, Client, FTPError } from 'basic-ftp';
import { Turnstile } from '../../bounded.ts';
import type { Cancellable } from '../../objectStore.ts';

// A connection does one thing at a time, and servers let one user have few of them.
const CONNECTIONS = 4;
// Listings of folders that hold a million objects' share of one fan-out.
const LISTING_LIMIT_BYTES = 64 * 1024 * 1024;

/** Connections to one server, signed in: made when needed, kept for the next caller, dropped when anything went wrong. */
export class FtpsConnections {
  readonly #turnstile = new Turnstile(CONNECTIONS);
  readonly #idle: Client[] = [];
  readonly #all = new Set<Client>();

  constructor(readonly access: AccessOptions) {}

  /** Does something on a connection that nobody else uses meanwhile. Giving up closes it: FTP has no other way to stop. */
  async use<Result>({ signal }: Cancellable, work: (client: Client) => Promise<Result>): Promise<Result> {
    const leave = await this.#turnstile.enter();
    let client: Client | undefined;
    const stop = () => client?.close();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      signal?.throwIfAborted();
      client = this.#take();
      if (client.closed) await client.access(this.access);
      const result = await work(client);
      if (!client.closed) this.#idle.push(client);
      return result;
    } catch (thrown) {
      // A reply that says no leaves the connection as it was; anything else leaves it nowhere.
      if (client && thrown instanceof FTPError && !client.closed && thrown.code !== 421) this.#idle.push(client);
      else if (client) this.drop(client);
      throw thrown;
    } finally {
      signal?.removeEventListener('abort', stop);
      leave();
    }
  }

  /** Closes a connection that has more to say than anybody wants to hear. */
  drop(client: Client): void {
    client.close();
    this.#all.delete(client);
  }

  close(): void {
    for (const client of this.#all) client.close();
    this.#all.clear();
    this.#idle.length = 0;
  }

  #take(): Client {
    for (let client = this.#idle.pop(); client; client = this.#idle.pop()) {
      if (!client.closed) return client;
      this.#all.delete(client);
    }
    // Time is a wrapper's.
    const client = new Client(0, { maxListingBytes: LISTING_LIMIT_BYTES });
    this.#all.add(client);
    return client;
  }
}
