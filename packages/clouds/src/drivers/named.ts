import { type Bytes, isSalusError, type SalusError } from '@salus/base';
import { cloudsError } from '../errors.ts';
import { checkObjectName } from '../objectName.ts';
import { type Cancellable, LIST_LIMIT, type ObjectName } from '../objectStore.ts';
import { errorOf, type Failure } from './failure.ts';
import type { RemoteStore } from './remoteStore.ts';

/**
 * The wrapper closest to a driver: refuses bad names before any I/O, makes whatever the library throws one of our errors,
 * passes on what the caller's own body throws, and believes no answer further than it must: more bytes than were asked for,
 * names outside the grammar or the page never come through.
 */
export function named(driver: RemoteStore, failureOf: (thrown: unknown) => Failure): RemoteStore {
  const tell = (thrown: unknown, { signal }: Cancellable, name?: ObjectName): SalusError => {
    if (signal?.aborted) return cloudsError('store-unavailable', { why: 'cancelled' });
    if (isSalusError(thrown, 'object-changed') && name !== undefined) return cloudsError('object-changed', { name });
    return isSalusError(thrown) ? thrown : errorOf(failureOf(thrown), name);
  };
  const guarded = async <Result>(options: Cancellable, work: () => Promise<Result>, name?: ObjectName) => {
    if (options.signal?.aborted) throw tell(undefined, options);
    try {
      return await work();
    } catch (thrown) {
      throw tell(thrown, options, name);
    }
  };
  const send = async <Result>(
    name: ObjectName,
    body: Bytes | AsyncIterable<Bytes>,
    options: Cancellable,
    work: (body: Bytes | AsyncIterable<Bytes>) => Promise<Result>,
  ): Promise<Result> => {
    checkObjectName(name);
    if (body instanceof Uint8Array) return guarded(options, () => work(body));
    const source = new Source(body);
    try {
      return await guarded(options, () => work(source.pieces()));
    } catch (thrown) {
      if (source.failure) throw source.failure.thrown;
      throw thrown;
    }
  };
  return {
    put: (name, body, options = {}) => send(name, body, options, (given) => driver.put(name, given, options)),
    putIfAbsent: (name, body, options = {}) =>
      send(name, body, options, (given) => driver.putIfAbsent(name, given, options)),
    async *get(name, options = {}) {
      checkObjectName(name);
      const limitBytes = options.lengthBytes ?? Number.MAX_SAFE_INTEGER;
      if (limitBytes === 0) return;
      let sizeBytes = 0;
      const pieces = driver.get(name, options)[Symbol.asyncIterator]();
      try {
        for (;;) {
          const { done, value } = await guarded(options, () => pieces.next(), name);
          if (done) return;
          sizeBytes += value.length;
          if (sizeBytes > limitBytes) throw cloudsError('object-oversized', { limitBytes });
          if (value.length > 0) yield value;
        }
      } finally {
        // A reader that stops early must not wait for what it no longer wants, nor hear how that ended.
        pieces.return?.()?.catch(() => undefined);
      }
    },
    async list(page) {
      const { prefix = '', after = '' } = page;
      const limit = Math.min(page.limit, LIST_LIMIT);
      const names = await guarded(page, () => driver.list({ ...page, limit }));
      const fits = (name: ObjectName) => name > after && name.startsWith(prefix) && isName(name);
      return [...new Set(names.filter(fits))].sort((a, b) => (a < b ? -1 : 1)).slice(0, limit);
    },
    async delete(name, options = {}) {
      checkObjectName(name);
      try {
        await guarded(options, () => driver.delete(name, options), name);
      } catch (thrown) {
        if (!isSalusError(thrown, 'object-unknown')) throw thrown;
      }
    },
    promises: (options = {}) => guarded(options, () => driver.promises(options)),
    close: () => guarded({}, () => driver.close()),
  };
}

function isName(name: ObjectName): boolean {
  try {
    checkObjectName(name);
    return true;
  } catch {
    return false;
  }
}

/** A caller's body, and whether it was the body that failed. */
class Source {
  failure: { thrown: unknown } | undefined;

  constructor(readonly body: AsyncIterable<Bytes>) {}

  /** A library that fails throws into what it reads from: only what the body itself throws is the body's failure. */
  async *pieces(): AsyncIterable<Bytes> {
    const pieces = this.body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await pieces.next().catch((thrown: unknown) => {
          this.failure = { thrown };
          throw thrown;
        });
        if (done) return;
        yield value;
      }
    } finally {
      await pieces.return?.();
    }
  }
}
