import { setMaxListeners } from 'node:events';
import type { Bytes } from '@salus/base';
import type { Clock } from '../clock.ts';
import { cloudsError } from '../errors.ts';
import type { Cancellable } from '../objectStore.ts';
import type { RemoteStore } from './remoteStore.ts';

// A body given whole is sent in one go, unseen: a line slower than this is of no use for pieces of a megabyte.
const SLOWEST_BYTES_PER_MS = 32;

/**
 * Gives up on a store that makes no progress for so long: no answer, no next piece, no wish for more of the body. A large
 * object may take as long as it moves. Throws `store-slow`.
 */
export function timed(store: RemoteStore, clock: Clock, timeoutMs: number): RemoteStore {
  const within = async <Result>(
    options: Cancellable,
    work: (patience: Patience) => Promise<Result>,
    limitMs = timeoutMs,
  ): Promise<Result> => {
    const patience = new Patience(clock, limitMs, options.signal);
    try {
      return await patience.spend(() => work(patience));
    } finally {
      patience.end();
    }
  };
  const send = <Result>(
    body: Bytes | AsyncIterable<Bytes>,
    options: Cancellable,
    work: (body: Bytes | AsyncIterable<Bytes>, options: Cancellable) => Promise<Result>,
  ): Promise<Result> =>
    body instanceof Uint8Array
      ? within(
          options,
          ({ signal }) => work(body, { signal }),
          timeoutMs + Math.ceil(body.length / SLOWEST_BYTES_PER_MS),
        )
      : within(options, (patience) => work(patience.watch(body), { signal: patience.signal }));
  return {
    put: (name, body, options = {}) => send(body, options, (given, how) => store.put(name, given, how)),
    putIfAbsent: (name, body, options = {}) => send(body, options, (given, how) => store.putIfAbsent(name, given, how)),
    async *get(name, options = {}) {
      const patience = new Patience(clock, timeoutMs, options.signal);
      const pieces = store.get(name, { ...options, signal: patience.signal })[Symbol.asyncIterator]();
      try {
        for (;;) {
          const { done, value } = await patience.spend(() => pieces.next());
          if (done) return;
          // How long the reader takes for a piece is not the store's doing.
          patience.pause();
          yield value;
        }
      } finally {
        patience.end();
        pieces.return?.()?.catch(() => undefined);
      }
    },
    list: (page) => within(page, ({ signal }) => store.list({ ...page, signal })),
    delete: (name, options = {}) => within(options, ({ signal }) => store.delete(name, { signal })),
    promises: (options = {}) => within(options, ({ signal }) => store.promises({ signal })),
    close: () => store.close(),
  };
}

/** How much longer one call may take. */
class Patience {
  readonly #abort = new AbortController();
  #over: Error | undefined;
  #reject = (_: Error) => {};
  #stop = () => {};

  constructor(
    readonly clock: Clock,
    readonly limitMs: number,
    readonly outer: AbortSignal | undefined,
  ) {
    // Every request under way of a call listens.
    setMaxListeners(0, this.signal);
    if (outer?.aborted) this.#cancelled();
    outer?.addEventListener('abort', this.#cancelled, { once: true });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** A race with a promise that lives as long as the call would hold on to every piece that went by. */
  spend<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#over) return Promise.reject(this.#over);
    this.#renew();
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      work().then(resolve, reject);
    });
  }

  /** The body as the store takes it: time runs while the store has a piece, and stands while it waits for one. */
  async *watch(body: AsyncIterable<Bytes>): AsyncIterable<Bytes> {
    this.pause();
    for await (const piece of body) {
      this.#renew();
      yield piece;
      this.pause();
    }
    this.#renew();
  }

  pause(): void {
    this.#stop();
  }

  end(): void {
    this.#stop();
    this.outer?.removeEventListener('abort', this.#cancelled);
  }

  readonly #cancelled = () => this.#giveUp(cloudsError('store-unavailable', { why: 'cancelled' }));

  #renew(): void {
    this.#stop();
    this.#stop = this.clock.after(this.limitMs, () =>
      this.#giveUp(cloudsError('store-slow', { timeoutMs: this.limitMs })),
    );
  }

  #giveUp(error: Error): void {
    this.#over = error;
    this.#reject(error);
    this.#abort.abort(error);
  }
}
