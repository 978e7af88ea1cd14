import { isSalusError, type TimeMs } from '@salus/base';
import type { Clock } from './clock.ts';
import type { CloudsEvent } from './clouds.ts';
import { cloudsError } from './errors.ts';
import type { ObjectStore } from './objectStore.ts';
import type { StoreName } from './placement.ts';
import { NO_PREFERENCE, type StorePreference } from './preference.ts';

// One slow answer in a hundred should not move a store's place; ten in a row should.
const AVERAGE_WEIGHT = 0.2;
// A failing store is asked again after a second, then after twice as long each time, up to a minute.
const ASIDE_FIRST_MS = 1000;
const ASIDE_LIMIT_MS = 60_000;
// A store has room while the largest shard still fits.
const SHARD_BYTES = 1024 * 1024;

/** Reads or writes under way at most, above which a store counts as behind: 16 shards are 16 MiB of memory. */
export const STORE_WINDOW = 16;

/**
 * Calls given up on that have not ended: whatever a driver does with them, a store that hangs holds no more shards in memory
 * than these. It is asked again when some of them end.
 */
const UNENDED_LIMIT = 16;

/** A store with a watch on it: how fast it answers, whether it fails, how much is asked of it now. */
export class WatchedStore {
  latencyMs: number | null = null;
  lastError: string | null = null;
  busy = 0;
  /** Keeps what it has until it is moved, and is given nothing more. */
  draining = false;
  /** What it keeps, those under way included; null until somebody needs to know. */
  heldBytes: number | null = null;
  #failures = 0;
  #unended = 0;
  #asideUntil: TimeMs = 0;
  #fullUntil: TimeMs = 0;

  constructor(
    readonly name: StoreName,
    readonly store: ObjectStore,
    readonly clock: Clock,
    readonly emit: (event: CloudsEvent) => void,
    public preference: StorePreference = NO_PREFERENCE,
  ) {}

  /** Not set aside. A store set aside comes back by itself when its time is over. */
  get answers(): boolean {
    return this.clock.now() >= this.#asideUntil;
  }

  /** Answers, has room, and is to be given something. */
  get takesWrites(): boolean {
    const { never, capacityBytes = Number.POSITIVE_INFINITY } = this.preference;
    if (this.draining || never || (this.heldBytes ?? 0) + SHARD_BYTES > capacityBytes) return false;
    return this.answers && this.clock.now() >= this.#fullUntil;
  }

  /** Counts what it is given, or what did not arrive after all. */
  hold(bytes: number): void {
    if (this.heldBytes !== null) this.heldBytes += bytes;
  }

  /** How long a read would take: smaller is better. */
  get expectedMs(): number {
    return (this.latencyMs ?? 0) * (1 + this.busy);
  }

  /**
   * Does something with the store, within a time, and learns from it. `cancel` gives up without blaming the store for
   * more than being slower than the others. Throws SalusErrors only.
   */
  async run<Result>(
    timeoutMs: number,
    work: (store: ObjectStore, signal: AbortSignal) => Promise<Result>,
    cancel?: AbortSignal,
  ): Promise<Result> {
    const started = this.clock.now();
    const abort = new AbortController();
    this.busy++;
    try {
      if (this.#unended >= UNENDED_LIMIT) throw cloudsError('store-slow', { timeoutMs });
      const result = await this.#within(timeoutMs, work(this.store, abort.signal), abort, cancel);
      this.#succeeded(this.clock.now() - started);
      return result;
    } catch (thrown) {
      if (cancel?.aborted) this.#atLeast(this.clock.now() - started);
      else this.#failed(thrown);
      throw isSalusError(thrown) ? thrown : cloudsError('store-unavailable', { why: 'unexpected' });
    } finally {
      this.busy--;
    }
  }

  #within<Result>(
    timeoutMs: number,
    work: Promise<Result>,
    abort: AbortController,
    cancel?: AbortSignal,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      let givenUp = false;
      const giveUp = (error: Error) => {
        if (!givenUp) this.#unended++;
        givenUp = true;
        reject(error);
        abort.abort();
      };
      const cancelled = () => giveUp(cloudsError('store-unavailable', { why: 'cancelled' }));
      const stopTimer = this.clock.after(timeoutMs, () => giveUp(cloudsError('store-slow', { timeoutMs })));
      if (cancel?.aborted) cancelled();
      cancel?.addEventListener('abort', cancelled, { once: true });
      work.then(resolve, reject).finally(() => {
        stopTimer();
        cancel?.removeEventListener('abort', cancelled);
        if (givenUp) this.#unended--;
      });
    });
  }

  #succeeded(tookMs: number): void {
    if (this.#failures > 0) this.emit({ kind: 'store-back', store: this.name });
    this.#failures = 0;
    // Whoever asked it all the same, as a probe does, has seen that it answers.
    this.#asideUntil = 0;
    this.#learn(tookMs);
  }

  #atLeast(tookMs: number): void {
    if (tookMs > (this.latencyMs ?? 0)) this.#learn(tookMs);
  }

  #learn(tookMs: number): void {
    this.latencyMs = this.latencyMs === null ? tookMs : this.latencyMs + AVERAGE_WEIGHT * (tookMs - this.latencyMs);
  }

  #failed(thrown: unknown): void {
    // A missing or altered object is a fault of that object; the store as such did answer.
    if (isSalusError(thrown, 'object-unknown', 'object-oversized', 'shard-malformed')) return;
    this.lastError = isSalusError(thrown) ? thrown.code : 'store-unavailable';
    const delayMs = Math.min(ASIDE_FIRST_MS * 2 ** this.#failures, ASIDE_LIMIT_MS);
    const untilMs = this.clock.now() + delayMs;
    this.#failures++;
    if (this.lastError === 'store-full') this.#fullUntil = untilMs;
    else this.#asideUntil = untilMs;
    this.emit({ kind: 'store-set-aside', store: this.name, untilMs, code: this.lastError });
  }
}
