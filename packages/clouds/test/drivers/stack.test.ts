import { type Bytes, utf8 } from '@salus/base';
import { MemoryStore, SimulatedClock, seededRandom } from '@salus/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RemoteStore } from '../../src/drivers/remoteStore.ts';
import { type StoreLimits, stack } from '../../src/drivers/stack.ts';
import { cloudsError, gather } from '../../src/index.ts';

let clock: SimulatedClock;
let memory: MemoryStore;
/** When the driver was called, in ms from the start. */
let called: number[];
/** What the driver's next calls throw, one each. */
let failures: unknown[];

beforeEach(() => {
  clock = new SimulatedClock(0);
  memory = new MemoryStore();
  called = [];
  failures = [];
});

function step(): void {
  called.push(clock.now());
  const failure = failures.shift();
  if (failure !== undefined) throw failure;
}

const driver: RemoteStore = {
  async put(name, body) {
    step();
    await memory.put(name, body);
  },
  async putIfAbsent(name, body) {
    step();
    return memory.putIfAbsent(name, body);
  },
  async *get(name, options) {
    step();
    yield* memory.get(name, options);
  },
  async list(page) {
    step();
    return memory.list(page);
  },
  async delete(name) {
    step();
    await memory.delete(name);
  },
  promises: async () => ({ putIfAbsent: 'atomic', put: 'synced' }),
  close: async () => undefined,
};

const stacked = (limits: Partial<StoreLimits> = {}, failureOf = () => ({ reason: 'ECONNRESET' })) =>
  stack({ store: driver, failureOf }, { timeoutMs: 60_000, ...limits }, { clock, random: seededRandom('stack') });

const gaps = () => called.slice(1).map((at, i) => at - called[i]!);

describe('retries', () => {
  it('end after three tries, each wait up to twice as long as the last, never the same for all', async () => {
    failures = Array.from({ length: 9 }, () => new Error('broken'));
    await expect(clock.until(stacked().list({ limit: 1 }))).rejects.toMatchObject({
      code: 'store-unavailable',
      facts: { why: 'ECONNRESET' },
    });
    expect(called).toHaveLength(3);
    for (const [i, gap] of gaps().entries()) {
      expect(gap).toBeGreaterThanOrEqual(250 * 2 ** i);
      expect(gap).toBeLessThanOrEqual(500 * 2 ** i);
    }
  });

  it('wait as long as the store asks, and not at all where it asks for more than anybody waits', async () => {
    failures = [cloudsError('store-throttled', { waitMs: 9_000 })];
    await clock.until(stacked().put('a', utf8('a')));
    expect(gaps()).toEqual([9_000]);
    failures = [cloudsError('store-throttled', { waitMs: 60_000 })];
    await expect(clock.until(stacked().put('a', utf8('a')))).rejects.toMatchObject({ code: 'store-throttled' });
    expect(called).toHaveLength(3);
  });

  it('are not for what another try cannot change', async () => {
    for (const code of ['store-credentials', 'store-certificate', 'store-full', 'object-changed'] as const) {
      called = [];
      failures = [cloudsError(code)];
      await expect(clock.until(stacked().delete('a'))).rejects.toMatchObject({ code });
      expect(called).toHaveLength(1);
    }
  });

  it('send a short stream again, and a long one never twice', async () => {
    const body = async function* (pieces: number): AsyncIterable<Bytes> {
      for (let i = 0; i < pieces; i++) yield new Uint8Array(1024 * 1024).fill(i + 1);
    };
    failures = [new Error('broken')];
    await clock.until(stacked().put('short', body(3)));
    expect(called).toHaveLength(2);
    expect((await gather(memory.get('short'), 1 << 26)).length).toBe(3 * 1024 * 1024);
    failures = [new Error('broken')];
    await expect(clock.until(stacked().put('long', body(10)))).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(called).toHaveLength(3);
    await clock.until(stacked().put('long', body(10)));
    const long = await gather(memory.get('long'), 1 << 26);
    expect([long.length, long[0], long.at(-1)]).toEqual([10 * 1024 * 1024, 1, 10]);
  });

  it('stop when the caller gives up', async () => {
    failures = Array.from({ length: 9 }, () => new Error('broken'));
    const abort = new AbortController();
    const work = stacked().put('a', utf8('a'), { signal: abort.signal });
    const outcome = expect(work).rejects.toMatchObject({ facts: { why: 'cancelled' } });
    await clock.advance(10);
    abort.abort();
    await outcome;
    await clock.advance(60_000);
    expect(called).toHaveLength(1);
  });
});

describe('pace', () => {
  it('starts no more calls than it may, tries of one call among them', async () => {
    const store = stacked({ callsPerSecond: 2 });
    failures = [undefined, new Error('broken')];
    await clock.until(Promise.all([store.list({ limit: 1 }), store.delete('a'), store.put('a', utf8('a'))]));
    expect(called).toHaveLength(4);
    for (const gap of gaps()) expect(gap).toBeGreaterThanOrEqual(500);
  });

  it('moves no more bytes than it may, in both directions together', async () => {
    const store = stacked({ bytesPerSecond: 1000 });
    await clock.until(store.put('a', new Uint8Array(3_000)));
    await clock.until(gather(store.get('a'), 3_000));
    expect(clock.now()).toBe(3_000);
    await clock.until(gather(store.get('a', { lengthBytes: 10 }), 3_000));
    expect(clock.now()).toBe(6_000);
  });
});

describe('what a driver gives', () => {
  it('is cut to what was asked for: names, and bytes', async () => {
    const lying: RemoteStore = {
      ...driver,
      list: async () => ['b', 'a', 'a', 'A', '../x', 'ab', 'z', ''],
      async *get() {
        yield new Uint8Array(1 << 20);
      },
    };
    const world = { clock, random: seededRandom('stack') };
    const store = stack({ store: lying, failureOf: () => ({}) }, { timeoutMs: 60_000 }, world);
    expect(await store.list({ limit: 3, after: 'a' })).toEqual(['ab', 'b', 'z']);
    expect(await store.list({ limit: 3, prefix: 'a' })).toEqual(['a', 'ab']);
    await expect(gather(store.get('a', { lengthBytes: 5 }), 1 << 26)).rejects.toMatchObject({
      code: 'object-oversized',
    });
  });

  it('becomes an error of ours that repeats codes and no sentences', async () => {
    const told = async (failure: object) => {
      failures = [new Error('https://user:canary@host')];
      return clock.until(stacked({}, () => failure as { reason: string }).putIfAbsent('a', utf8('a'))).then(
        () => 'created after a retry',
        (thrown: Error) => thrown.message,
      );
    };
    expect(await told({ reason: 'CERT_HAS_EXPIRED' })).toBe('The store is not who it should be: CERT_HAS_EXPIRED.');
    expect(await told({ status: 403, reason: 'see https://canary' })).toBe(
      'The store refused the credentials: status 403.',
    );
    expect(await told({ status: 507 })).toBe('The store has no room left.');
  });
});
