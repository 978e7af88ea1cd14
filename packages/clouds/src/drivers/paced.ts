import type { Bytes, TimeMs } from '@salus/base';
import type { Clock } from '../clock.ts';
import type { Cancellable } from '../objectStore.ts';
import type { RemoteStore } from './remoteStore.ts';
import { wait } from './wait.ts';

/** Hands out turns at an even pace. Nobody saves up: after a pause the pace is the same. */
class Pace {
  #free: TimeMs = 0;

  constructor(
    readonly clock: Clock,
    readonly perSecond: number,
  ) {}

  /** Resolves when it is the caller's turn; the next turn comes when the amount taken now is through. */
  async take(amount: number, signal?: AbortSignal): Promise<void> {
    const now = this.clock.now();
    const turn = Math.max(now, this.#free);
    this.#free = turn + (amount / this.perSecond) * 1000;
    if (turn > now) await wait(this.clock, turn - now, signal);
  }
}

/** Starts at most so many calls a second, each try of a retried one counted. */
export function rateLimited(store: RemoteStore, clock: Clock, callsPerSecond: number): RemoteStore {
  const pace = new Pace(clock, callsPerSecond);
  const turn = ({ signal }: Cancellable = {}) => pace.take(1, signal);
  return {
    put: async (name, body, options) => {
      await turn(options);
      await store.put(name, body, options);
    },
    putIfAbsent: async (name, body, options) => {
      await turn(options);
      return store.putIfAbsent(name, body, options);
    },
    async *get(name, options) {
      await turn(options);
      yield* store.get(name, options);
    },
    list: async (page) => {
      await turn(page);
      return store.list(page);
    },
    delete: async (name, options) => {
      await turn(options);
      await store.delete(name, options);
    },
    promises: (options) => store.promises(options),
    close: () => store.close(),
  };
}

/** Moves at most so many bytes a second, both directions together. */
export function bandwidthLimited(store: RemoteStore, clock: Clock, bytesPerSecond: number): RemoteStore {
  const pace = new Pace(clock, bytesPerSecond);
  async function* slowly(pieces: AsyncIterable<Bytes>, signal?: AbortSignal): AsyncIterable<Bytes> {
    for await (const piece of pieces) {
      await pace.take(piece.length, signal);
      yield piece;
    }
  }
  const body = async (given: Bytes | AsyncIterable<Bytes>, signal?: AbortSignal) => {
    if (!(given instanceof Uint8Array)) return slowly(given, signal);
    await pace.take(given.length, signal);
    return given;
  };
  return {
    put: async (name, given, options = {}) => store.put(name, await body(given, options.signal), options),
    putIfAbsent: async (name, given, options = {}) =>
      store.putIfAbsent(name, await body(given, options.signal), options),
    get: (name, options = {}) => slowly(store.get(name, options), options.signal),
    list: (page) => store.list(page),
    delete: (name, options) => store.delete(name, options),
    promises: (options) => store.promises(options),
    close: () => store.close(),
  };
}
