import { type Bytes, isSalusError } from '@salus/base';
import type { Clock } from '../clock.ts';
import type { RemoteStore } from './remoteStore.ts';

/** One call of a store as its caller saw it, all tries together. Holds no name of an object and nothing of its bytes. */
export interface StoreCall {
  call: 'put' | 'get' | 'list' | 'delete';
  /** 'done', 'stopped' where a reader did not want the rest, or the code of the error. */
  outcome: string;
  tookMs: number;
  /** Bytes of objects sent, or received. */
  sizeBytes: number;
}

/** Tells what every call cost. */
export function measured(store: RemoteStore, clock: Clock, onCall: (call: StoreCall) => void): RemoteStore {
  const timing = (call: StoreCall['call']) => {
    const started = clock.now();
    return (outcome: string, sizeBytes: number) => onCall({ call, outcome, tookMs: clock.now() - started, sizeBytes });
  };
  const measure = async <Result>(call: StoreCall['call'], work: () => Promise<Result>, sent = { sizeBytes: 0 }) => {
    const tell = timing(call);
    try {
      const result = await work();
      tell('done', sent.sizeBytes);
      return result;
    } catch (thrown) {
      tell(outcomeOf(thrown), sent.sizeBytes);
      throw thrown;
    }
  };
  const send = <Result>(
    body: Bytes | AsyncIterable<Bytes>,
    work: (body: Bytes | AsyncIterable<Bytes>) => Promise<Result>,
  ) => {
    const sent = { sizeBytes: body instanceof Uint8Array ? body.length : 0 };
    return measure('put', () => work(body instanceof Uint8Array ? body : counted(body, sent)), sent);
  };
  return {
    put: (name, body, options) => send(body, (given) => store.put(name, given, options)),
    putIfAbsent: (name, body, options) => send(body, (given) => store.putIfAbsent(name, given, options)),
    async *get(name, options) {
      const tell = timing('get');
      const received = { sizeBytes: 0 };
      let outcome = 'stopped';
      try {
        yield* counted(store.get(name, options), received);
        outcome = 'done';
      } catch (thrown) {
        outcome = outcomeOf(thrown);
        throw thrown;
      } finally {
        tell(outcome, received.sizeBytes);
      }
    },
    list: (page) => measure('list', () => store.list(page)),
    delete: (name, options) => measure('delete', () => store.delete(name, options)),
    promises: (options) => store.promises(options),
    close: () => store.close(),
  };
}

const outcomeOf = (thrown: unknown): string => (isSalusError(thrown) ? thrown.code : 'unexpected');

async function* counted(pieces: AsyncIterable<Bytes>, count: { sizeBytes: number }): AsyncIterable<Bytes> {
  for await (const piece of pieces) {
    count.sizeBytes += piece.length;
    yield piece;
  }
}
