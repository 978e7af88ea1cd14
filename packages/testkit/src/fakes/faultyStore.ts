import type { Bytes } from '@salus/base';
import {
  type Cancellable,
  type Clock,
  cloudsError,
  type ListPage,
  type ObjectName,
  type ObjectStore,
  type ReadRange,
} from '@salus/clouds';

/**
 * What is wrong with a store. `gone`: every call fails. `hang`: no call ends before the fault does. `lie`: reads give
 * altered bytes. `outdate`: reads give the object that was written first, under whatever name. `truncate`: reads end early. `lengthen`: reads go on with bytes nobody wrote. `slow`: every call takes `delayMs`.
 * `full`: writes fail. `forget`: writes are acknowledged and lost. `break`: every call throws what no driver should.
 */
export type StoreFault =
  | 'gone'
  | 'hang'
  | 'lie'
  | 'outdate'
  | 'truncate'
  | 'lengthen'
  | 'slow'
  | 'full'
  | 'forget'
  | 'break';

/** A fake store around another, well behaved until a test gives it a fault. */
export class FaultyStore<Inner extends ObjectStore = ObjectStore> implements ObjectStore {
  #fault: StoreFault | undefined;
  #first: ObjectName | undefined;
  readonly #hanging = new Set<() => void>();
  delayMs = 5_000;
  /** Calls made, by what they asked for. */
  readonly calls = { put: 0, get: 0, list: 0, delete: 0 };
  /** Told of each call before it is done, and waited for: a test may change the world there. */
  onCall: ((call: keyof FaultyStore['calls']) => unknown) | undefined;

  constructor(
    readonly inner: Inner,
    readonly clock: Clock,
  ) {}

  get fault(): StoreFault | undefined {
    return this.#fault;
  }

  set fault(fault: StoreFault | undefined) {
    this.#fault = fault;
    if (fault === 'hang') return;
    for (const goOn of this.#hanging) goOn();
    this.#hanging.clear();
  }

  async put(name: ObjectName, body: Bytes | AsyncIterable<Bytes>, options?: Cancellable): Promise<void> {
    await this.#begin('put', options);
    if (this.fault === 'full') throw cloudsError('store-full');
    if (this.fault === 'forget') return;
    this.#first ??= name;
    await this.inner.put(name, body, options);
  }

  async putIfAbsent(name: ObjectName, body: Bytes | AsyncIterable<Bytes>, options?: Cancellable) {
    await this.#begin('put', options);
    if (this.fault === 'full') throw cloudsError('store-full');
    return this.fault === 'forget' ? ('created' as const) : this.inner.putIfAbsent(name, body, options);
  }

  async *get(name: ObjectName, options?: ReadRange & Cancellable): AsyncIterable<Bytes> {
    await this.#begin('get', options);
    const given = this.fault === 'outdate' ? (this.#first ?? name) : name;
    for await (const piece of this.inner.get(given, options)) {
      if (this.fault === 'lie') yield piece.map((byte, i) => (i === piece.length - 1 ? byte ^ 1 : byte));
      else if (this.fault === 'truncate') yield piece.subarray(0, piece.length >> 1);
      else yield piece;
    }
    while (this.fault === 'lengthen') yield new Uint8Array(1024);
  }

  async list(page: ListPage): Promise<ObjectName[]> {
    await this.#begin('list');
    return this.inner.list(page);
  }

  async delete(name: ObjectName): Promise<void> {
    await this.#begin('delete');
    await this.inner.delete(name);
  }

  async #begin(call: keyof FaultyStore['calls'], { signal }: Cancellable = {}): Promise<void> {
    this.calls[call]++;
    if (this.onCall) await this.onCall(call);
    if (this.fault === 'gone') throw cloudsError('store-unavailable', { why: 'ECONNREFUSED' });
    if (this.fault === 'break') throw new TypeError('a bug in a driver');
    if (this.fault === 'hang') await new Promise<void>((goOn) => this.#hanging.add(goOn));
    if (signal?.aborted) throw cloudsError('store-unavailable', { why: 'cancelled' });
    if (this.fault === 'slow') await new Promise<void>((resolve) => this.clock.after(this.delayMs, resolve));
  }
}
