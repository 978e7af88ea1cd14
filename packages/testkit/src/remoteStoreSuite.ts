import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type Bytes, isSalusError, type SalusError, utf8 } from '@salus/base';
import { gather, type ObjectName, type OpenedStore, type StoreCall } from '@salus/clouds';
import type { StoreClaim } from './objectStoreSuite.ts';

/** How a driver reaches its real server: each in a fresh, empty place. */
export interface RemoteStores {
  /** Usual, with the right credentials, trusting the private authority. `tell` is told of each call. */
  open(tell?: (call: StoreCall) => void): Promise<OpenedStore>;
  /** The same place as a store opened before. */
  openAgain(store: OpenedStore, limits?: { timeoutMs?: number }): Promise<OpenedStore>;
  /** Through a line that a test can cut or silence. */
  openThroughLine(limits?: { timeoutMs?: number }): Promise<{ store: OpenedStore; line: Line }>;
  /** How many times as fast as the machine's the drivers' clock goes from now on; gives what it was. */
  hurry(times: number): number;
  /** Settings that must be refused, and with which error. */
  refused: { what: string; code: string; open: () => Promise<OpenedStore> }[];
  /** Memory in use after what is garbage was collected, in bytes. */
  memory(): number;
  /** What no error may hold: passwords, keys, parts of them. */
  secrets: string[];
  promises: { putIfAbsent: 'atomic' | 'checked'; put: 'synced' | 'answered' };
}

/** What a test does to a line. */
export interface Line {
  fault: { cutAfter?: { down: number } | { up: number }; silent?: boolean };
  readonly cuts: number;
}

type Check = (stores: RemoteStores) => Promise<void>;

/** The claims of every store at the other end of a network, beside those of `objectStoreSuite`. */
export function remoteStoreSuite(stores: RemoteStores): StoreClaim[] {
  const refusals = stores.refused.map(({ what, code, open }): [string, Check] => [
    `refuses ${what}`,
    () =>
      using(open(), async (store) => {
        await refused(stores, store.list({ limit: 1 }), code);
        await refused(stores, store.put('a', utf8('a')), code);
        await refused(stores, gather(store.get('a'), 10), code);
      }),
  ]);
  return [...Object.entries(CLAIMS), ...refusals].map(([claim, check]) => ({ claim, check: () => check(stores) }));
}

const MEGABYTE = 1024 * 1024;
const LARGE_BYTES = 256 * MEGABYTE;
const MIDDLE_BYTES = 6 * MEGABYTE;
/** A third of the object: parts under way, the library's buffers, and what else the process does. */
const GROWTH_LIMIT_BYTES = 96 * MEGABYTE;

const CLAIMS: Record<string, Check> = {
  'lists more than 1,000 objects in order, from page to page': (stores) =>
    using(stores.open(), async (store) => {
      const names = Array.from({ length: 1_050 }, (_, i) => `${(i % 3).toString()}${(i * 7919).toString(36)}/${i}`);
      await eachOf(names, 24, (name) => store.put(name, utf8('x')));
      names.sort();
      const first = await store.list({ limit: 1_000 });
      assert.deepEqual(first, names.slice(0, 1_000));
      assert.deepEqual(await store.list({ limit: 1_000, after: first.at(-1)! }), names.slice(1_000));
      assert.deepEqual(await store.list({ limit: 7, after: names[500]! }), names.slice(501, 508));
    }),
  'moves 256 MiB in both directions without holding them': (stores) =>
    using(stores.open(), async (store) => {
      const before = stores.memory();
      let most = 0;
      const look = () => {
        most = Math.max(most, stores.memory() - before);
      };
      const sent = createHash('sha256');
      const received = createHash('sha256');
      await store.put('large', largeBody(sent, look));
      let sizeBytes = 0;
      for await (const piece of store.get('large')) {
        const looked = Math.floor(sizeBytes / (32 * MEGABYTE));
        sizeBytes += piece.length;
        received.update(piece);
        if (Math.floor(sizeBytes / (32 * MEGABYTE)) !== looked) look();
      }
      assert.equal(sizeBytes, LARGE_BYTES);
      assert.equal(received.digest('hex'), sent.digest('hex'));
      assert.ok(most < GROWTH_LIMIT_BYTES, `${most} bytes more than before`);
      await store.delete('large');
    }),
  'ends a read that its reader stops, and goes on with others': (stores) =>
    using(stores.open(), async (store) => {
      await store.put('middle', middleBody());
      for (let i = 0; i < 12; i++) for await (const piece of store.get('middle')) if (piece.length > 0) break;
      assert.ok(Buffer.from(await gather(store.get('middle'), MIDDLE_BYTES)).equals(middleBody()));
    }),
  'resumes a read whose connection was cut': (stores) =>
    using(stores.openThroughLine(), async ({ store, line }) => {
      await store.put('middle', middleBody());
      line.fault = { cutAfter: { down: 3 * MEGABYTE } };
      const read = await gather(store.get('middle'), MIDDLE_BYTES);
      assert.equal(line.cuts, 1);
      assert.ok(Buffer.from(read).equals(middleBody()));
    }),
  'never joins two writings of an object in one read': (stores) =>
    using(stores.openThroughLine(), async ({ store, line }) => {
      const old = middleBody();
      const young = old.map((byte) => byte ^ 0xff).subarray(0, -1);
      await store.put('middle', old);
      line.fault = { cutAfter: { down: 3 * MEGABYTE } };
      // A server may let a writer wait for the reader, who waits here for the writer.
      const again = await stores.openAgain(store, { timeoutMs: 40_000 });
      try {
        let replaced = false;
        const reading = async () => {
          const kept: Bytes[] = [];
          for await (const piece of store.get('middle')) {
            kept.push(piece.slice());
            if (!replaced) await again.put('middle', young);
            replaced = true;
          }
          return Buffer.concat(kept);
        };
        const outcome = await reading().catch((thrown: unknown) => thrown);
        assert.equal(line.cuts, 1);
        if (outcome instanceof Buffer) assert.ok(outcome.equals(old) || outcome.equals(young), 'a mixture was read');
        else assert.ok(isSalusError(outcome, 'object-changed'), String(outcome));
      } finally {
        await again.close();
      }
    }),
  'sends again what a cut connection did not take': (stores) =>
    using(stores.openThroughLine(), async ({ store, line }) => {
      await store.put('middle', utf8('old'));
      for (const body of [middleBody(), pieces(middleBody())]) {
        const { cuts } = line;
        line.fault = { cutAfter: { up: 3 * MEGABYTE } };
        await store.put('middle', body);
        assert.equal(line.cuts, cuts + 1);
        assert.ok(Buffer.from(await gather(store.get('middle'), MIDDLE_BYTES)).equals(middleBody()));
      }
      assert.deepEqual(await store.list({ limit: 10 }), ['middle']);
    }),
  'shows the old object where a long stream was cut, and says so': (stores) =>
    using(stores.openThroughLine(), async ({ store, line }) => {
      await store.put('long', utf8('old'));
      line.fault = { cutAfter: { up: 10 * MEGABYTE } };
      await refused(stores, store.put('long', longBody()), 'store-unavailable');
      assert.equal(Buffer.from(await gather(store.get('long'), 100)).toString(), 'old');
      assert.deepEqual(await store.list({ limit: 10 }), ['long']);
    }),
  'gives up on a store that says nothing': (stores) =>
    using(stores.openThroughLine({ timeoutMs: 100_000 }), async ({ store, line }) => {
      await store.put('a', utf8('a'));
      line.fault = { silent: true };
      // Waiting for nothing may go faster than a sign-in to a busy machine.
      const usual = stores.hurry(1_000);
      await refused(stores, store.list({ limit: 1 }), 'store-slow');
      await refused(stores, gather(store.get('a'), 10), 'store-slow');
      stores.hurry(usual);
      line.fault = {};
      assert.equal(Buffer.from(await gather(store.get('a'), 10)).toString(), 'a');
    }),
  'ends when its caller gives up': (stores) =>
    using(stores.openThroughLine(), async ({ store, line }) => {
      await store.put('a', utf8('a'));
      line.fault = { silent: true };
      const abort = new AbortController();
      const reading = gather(store.get('a', { signal: abort.signal }), 10);
      const writing = store.put('b', utf8('b'), { signal: abort.signal });
      abort.abort();
      for (const work of [reading, writing])
        await assert.rejects(
          work,
          (thrown) => isSalusError(thrown, 'store-unavailable') && thrown.facts.why === 'cancelled',
        );
    }),
  'tells what each call cost, and of no object': async (stores) => {
    const calls: StoreCall[] = [];
    await using(
      stores.open((call) => calls.push(call)),
      async (store) => {
        await store.put('secret-name', new Uint8Array(1_000));
        await gather(store.get('secret-name', { lengthBytes: 10 }), 10);
        await gather(store.get('nothing'), 10).catch(() => undefined);
        await store.list({ limit: 1 });
        await store.delete('secret-name');
      },
    );
    assert.deepEqual(
      calls.map(({ call, outcome, sizeBytes }) => [call, outcome, sizeBytes]),
      [
        ['put', 'done', 1_000],
        ['get', 'done', 10],
        ['get', 'object-unknown', 0],
        ['list', 'done', 0],
        ['delete', 'done', 0],
      ],
    );
    assert.ok(!JSON.stringify(calls).includes('secret-name'));
  },
  'says what it can promise, and keeps to it': (stores) =>
    using(stores.open(), async (store) => {
      assert.deepEqual(await store.promises(), stores.promises);
      const outcomes = await Promise.all(Array.from({ length: 8 }, (_, i) => store.putIfAbsent('a', Uint8Array.of(i))));
      const winners = outcomes.flatMap((outcome, i) => (outcome === 'created' ? [i] : []));
      if (stores.promises.putIfAbsent === 'atomic') assert.equal(winners.length, 1);
      // Where it only looks first, one of those that were told 'created' is what is there.
      assert.ok(winners.includes((await gather(store.get('a'), 10))[0]!));
      assert.equal(await store.putIfAbsent('a', utf8('later')), 'exists');
    }),
};

/** Uses what was opened and closes it. */
async function using<Thing extends OpenedStore | { store: OpenedStore }>(
  opening: Promise<Thing>,
  work: (thing: Thing) => Promise<void>,
): Promise<void> {
  const thing = await opening;
  const store: OpenedStore = 'store' in thing ? thing.store : thing;
  try {
    await work(thing);
  } finally {
    await store.close();
  }
}

/** Fails with that code, and tells nothing that it must not. */
async function refused({ secrets }: RemoteStores, work: Promise<unknown>, code: string): Promise<void> {
  const thrown = await work.then(
    () => assert.fail(`no ${code}`),
    (error: unknown) => error,
  );
  assert.ok(isSalusError(thrown, code), `${code} wanted: ${thrown instanceof Error ? thrown.stack : thrown}`);
  checkTold(thrown, secrets);
}

/** An error is shown and logged: it holds no secret, no address and no stack of a library. */
export function checkTold(error: SalusError, secrets: readonly string[]): void {
  const told = JSON.stringify([error.message, error.fix, error.facts, error.cause ?? null]);
  for (const secret of [...secrets, 'https://', 'node_modules']) assert.ok(!told.includes(secret), told);
}

/** Does something for each, so many at once. */
async function eachOf(names: readonly ObjectName[], parallel: number, work: (name: ObjectName) => Promise<void>) {
  const left = [...names];
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (let name = left.pop(); name !== undefined; name = left.pop()) await work(name);
    }),
  );
}

/** Bytes that differ from place to place, the same each time. */
function middleBody(sizeBytes = MIDDLE_BYTES): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
  return bytes;
}

async function* pieces(bytes: Bytes): AsyncIterable<Bytes> {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
}

async function* longBody(): AsyncIterable<Bytes> {
  for (let i = 0; i < 24; i++) yield new Uint8Array(MEGABYTE).fill(i);
}

async function* largeBody(hash: { update(bytes: Bytes): unknown }, look: () => void): AsyncIterable<Bytes> {
  for (let i = 0; i * MEGABYTE < LARGE_BYTES; i++) {
    const piece = new Uint8Array(MEGABYTE).fill(i);
    hash.update(piece);
    if (i % 32 === 31) look();
    yield piece;
  }
}
