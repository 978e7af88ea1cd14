import { type Bytes, concat, isSalusError, type Random } from '@salus/base';
import type { Clock } from '../clock.ts';
import type { Cancellable } from '../objectStore.ts';
import type { RemoteStore, SeenVersion } from './remoteStore.ts';
import { wait } from './wait.ts';

// Half a second, then one: whoever waits has other stores, and asks this one again when it was set aside for a while.
const TRIES = 3;
const FIRST_WAIT_MS = 500;
// A store that wants a longer pause is set aside by whoever asked, who has others.
const LONGEST_WAIT_MS = 20_000;
/** A stream up to this long is kept until it is stored, so that it can be sent again: the longest upload request. */
const KEPT_BYTES = 8 * 1024 * 1024;

/**
 * Tries again what a broken line, a slow answer or a busy store may have caused, at most so often, waiting longer each time
 * and as long as the store asks. A read goes on where it stopped, with the same writing of the object. A stream longer than
 * 8 MiB is sent once: its pieces are gone.
 */
export function retried(store: RemoteStore, clock: Clock, random: Random): RemoteStore {
  const pause = async (thrown: unknown, tries: number, { signal }: Cancellable): Promise<void> => {
    const waitMs = waitAfter(thrown, tries, random);
    if (waitMs === undefined || tries >= TRIES || signal?.aborted) throw thrown;
    await wait(clock, waitMs, signal);
  };
  const again = async <Result>(options: Cancellable, work: () => Promise<Result>): Promise<Result> => {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (thrown) {
        await pause(thrown, tries, options);
      }
    }
  };
  const send = async <Result>(
    body: Bytes | AsyncIterable<Bytes>,
    options: Cancellable,
    work: (body: Bytes | AsyncIterable<Bytes>) => Promise<Result>,
  ): Promise<Result> => {
    const kept = body instanceof Uint8Array ? body : await keep(body);
    return kept instanceof Uint8Array ? again(options, () => work(kept)) : work(kept);
  };
  return {
    put: (name, body, options = {}) => send(body, options, (given) => store.put(name, given, options)),
    putIfAbsent: (name, body, options = {}) => send(body, options, (given) => store.putIfAbsent(name, given, options)),
    async *get(name, options = {}) {
      const seen: SeenVersion = options.seen ?? {};
      let at = options.offset ?? 0;
      const end = options.lengthBytes === undefined ? undefined : at + options.lengthBytes;
      for (let tries = 1; ; tries++) {
        try {
          const range = { offset: at, ...(end !== undefined && { lengthBytes: end - at }) };
          for await (const piece of store.get(name, { ...options, ...range, seen })) {
            at += piece.length;
            // Whoever makes progress may go on: the tries are for one place.
            tries = 1;
            yield piece;
          }
          return;
        } catch (thrown) {
          await pause(thrown, tries, options);
        }
      }
    },
    list: (page) => again(page, () => store.list(page)),
    delete: (name, options = {}) => again(options, () => store.delete(name, options)),
    promises: (options = {}) => again(options, () => store.promises(options)),
    close: () => store.close(),
  };
}

/** How long to wait before the next try; undefined where another would end the same way. */
function waitAfter(thrown: unknown, tries: number, random: Random): number | undefined {
  if (!isSalusError(thrown, 'store-unavailable', 'store-slow', 'store-throttled')) return undefined;
  const longest = Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS);
  // Many that failed together must not come back together.
  const jittered = longest / 2 + (longest / 2) * (random(1)[0]! / 255);
  if (thrown.code !== 'store-throttled') return jittered;
  const asked = Number(thrown.facts.waitMs);
  return asked > LONGEST_WAIT_MS ? undefined : Math.max(asked, jittered);
}

/** The whole body, where it is short enough to keep; otherwise the same stream again. */
async function keep(body: AsyncIterable<Bytes>): Promise<Bytes | AsyncIterable<Bytes>> {
  const pieces = body[Symbol.asyncIterator]();
  const kept: Bytes[] = [];
  for (let sizeBytes = 0; sizeBytes <= KEPT_BYTES; ) {
    const { done, value } = await pieces.next();
    if (done) return concat(...kept);
    kept.push(value);
    sizeBytes += value.length;
  }
  return (async function* rest() {
    try {
      while (kept.length > 0) yield kept.shift()!;
      yield* { [Symbol.asyncIterator]: () => pieces };
    } finally {
      await pieces.return?.();
    }
  })();
}
