import assert from 'node:assert/strict';
import { type Bytes, concat, isSalusError, utf8 } from '@salus/base';
import { gather, type ObjectStore, type StorePromises } from '@salus/clouds';

/** One thing every store must do. */
export interface StoreClaim {
  claim: string;
  /** Opens a fresh, empty store, tries it, and throws where the claim does not hold. */
  check: () => Promise<void>;
}

const LIMIT = 64 * 1024 * 1024;
const ONE = utf8('one');
const TWO = utf8('two, longer');

/**
 * The claims that make a store fit for use; a driver passes all or does not ship. `open` gives a store without objects, and
 * what closes it. A store that only checks first before it puts is not asked to win races: what it says instead is a claim
 * of `remoteStoreSuite`. Needs no test framework: give each claim to your own.
 */
export function objectStoreSuite(
  open: () => Promise<{ store: ObjectStore; close: () => Promise<void> }>,
  { putIfAbsent = 'atomic' }: { putIfAbsent?: StorePromises['putIfAbsent'] } = {},
): StoreClaim[] {
  const racing = putIfAbsent === 'atomic' ? RACING : {};
  return Object.entries({ ...WRITING, ...racing, ...READING, ...LISTING }).map(([claim, check]) => ({
    claim,
    check: async () => {
      const { store, close } = await open();
      try {
        await check(store);
      } finally {
        await close();
      }
    },
  }));
}

type Check = (store: ObjectStore) => Promise<void>;

const WRITING: Record<string, Check> = {
  'gives back what was put': async (store) => {
    await store.put('a', ONE);
    assert.deepEqual(await read(store, 'a'), ONE);
  },
  'keeps an empty object': async (store) => {
    await store.put('empty', new Uint8Array(0));
    assert.equal((await read(store, 'empty')).length, 0);
    assert.deepEqual(await store.list({ limit: 10 }), ['empty']);
  },
  'keeps an object of several megabytes given in pieces': async (store) => {
    const pieces = Array.from({ length: 5 }, (_, i) => new Uint8Array(1_000_003).fill(i + 1));
    await store.put('large', each(pieces));
    assert.ok(Buffer.from(concat(...pieces)).equals(await read(store, 'large')));
  },
  'replaces an object, also by a shorter one': async (store) => {
    await store.put('a', TWO);
    await store.put('a', ONE);
    assert.deepEqual(await read(store, 'a'), ONE);
  },
  'puts if absent only where there is none': async (store) => {
    assert.equal(await store.putIfAbsent('a', ONE), 'created');
    assert.equal(await store.putIfAbsent('a', TWO), 'exists');
    assert.deepEqual(await read(store, 'a'), ONE);
  },
  'shows nothing of a write whose source failed': async (store) => {
    await store.put('kept', ONE);
    for (const name of ['kept', 'new']) await assert.rejects(store.put(name, failing()), /the source failed/);
    await assert.rejects(store.putIfAbsent('other', failing()), /the source failed/);
    assert.deepEqual(await read(store, 'kept'), ONE);
    assert.deepEqual(await store.list({ limit: 10 }), ['kept']);
  },
  'deletes, also what is not there': async (store) => {
    await store.put('a', ONE);
    await store.delete('a');
    await store.delete('a');
    await rejects(gather(store.get('a'), LIMIT), 'object-unknown');
    assert.deepEqual(await store.list({ limit: 10 }), []);
  },
  'refuses names outside the grammar before it does anything': async (store) => {
    for (const name of BAD_NAMES) {
      await rejects(store.put(name, ONE), 'object-name');
      await rejects(store.putIfAbsent(name, ONE), 'object-name');
      await rejects(gather(store.get(name), LIMIT), 'object-name');
      await rejects(store.delete(name), 'object-name');
    }
    assert.deepEqual(await store.list({ limit: 10 }), []);
  },
  'takes every name of the grammar and keeps them apart': async (store) => {
    for (const name of GOOD_NAMES) await store.put(name, utf8(name));
    for (const name of GOOD_NAMES) assert.deepEqual(await read(store, name), utf8(name));
    assert.deepEqual(await store.list({ limit: 100 }), [...GOOD_NAMES].sort());
  },
};

const RACING: Record<string, Check> = {
  'lets one of many at once put if absent': async (store) => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, i) => store.putIfAbsent('a', Uint8Array.of(i))));
    const winner = outcomes.indexOf('created');
    assert.equal(outcomes.filter((outcome) => outcome === 'created').length, 1);
    assert.deepEqual(await read(store, 'a'), Uint8Array.of(winner));
  },
};

const READING: Record<string, Check> = {
  'says so where there is no such object': async (store) => {
    await rejects(gather(store.get('nothing'), LIMIT), 'object-unknown');
    await rejects(gather(store.get('no/thing'), LIMIT), 'object-unknown');
  },
  'reads ranges: beginning, middle, over the end, behind the end': async (store) => {
    await store.put('a', utf8('0123456789'));
    const range = async (offset: number, lengthBytes?: number) =>
      Buffer.from(
        await gather(store.get('a', { offset, ...(lengthBytes !== undefined && { lengthBytes }) }), LIMIT),
      ).toString();
    assert.equal(await range(0, 3), '012');
    assert.equal(await range(4, 2), '45');
    assert.equal(await range(8, 10), '89');
    assert.equal(await range(7), '789');
    assert.equal(await range(10, 1), '');
    assert.equal(await range(99), '');
  },
  'serves many readers and writers at once': async (store) => {
    const names = Array.from({ length: 24 }, (_, i) => `many/${i}`);
    await Promise.all(names.map((name) => store.put(name, utf8(name))));
    const got = await Promise.all(names.map((name) => read(store, name)));
    assert.deepEqual(got, names.map(utf8));
  },
};

const LISTING: Record<string, Check> = {
  'lists nothing where nothing is': async (store) => {
    assert.deepEqual(await store.list({ limit: 10 }), []);
    assert.deepEqual(await store.list({ prefix: 'a', limit: 10 }), []);
  },
  'lists in order, page by page, each name once': async (store) => {
    const names = ['a', 'a-b', 'a/b', 'a/b/c', 'ab', 'b', 'b.c', 'ba0', '0', '00f', 'zz'];
    for (const name of names) await store.put(name, ONE);
    const listed: string[] = [];
    for (let after = ''; ; ) {
      const page = await store.list({ limit: 3, ...(after && { after }) });
      if (page.length === 0) break;
      assert.ok(page.length <= 3);
      listed.push(...page);
      after = page.at(-1)!;
    }
    assert.deepEqual(listed, [...names].sort());
  },
  'lists by prefix, with and without a name to go on behind': async (store) => {
    for (const name of ['a', 'ab', 'ab/c', 'abc', 'ac', 'b']) await store.put(name, ONE);
    assert.deepEqual(await store.list({ prefix: 'ab', limit: 10 }), ['ab', 'ab/c', 'abc']);
    assert.deepEqual(await store.list({ prefix: 'ab', after: 'ab', limit: 10 }), ['ab/c', 'abc']);
    assert.deepEqual(await store.list({ prefix: 'ab', after: 'ab/c', limit: 1 }), ['abc']);
    assert.deepEqual(await store.list({ prefix: 'c', limit: 10 }), []);
    assert.deepEqual(await store.list({ prefix: 'a', after: 'b', limit: 10 }), []);
  },
};

const BAD_NAMES = [
  '',
  '/',
  'a/',
  '/a',
  'a//b',
  '.',
  '..',
  '../a',
  'a/..',
  'a/./b',
  'A',
  'a b',
  'a\\b',
  'a_b',
  'é',
  'a\0',
  'a'.repeat(201),
];
const GOOD_NAMES = [
  'a',
  'a.',
  '.a',
  '...',
  'a..b',
  '-',
  '--',
  'a-/b',
  'con',
  'nul.txt',
  '0/1/2',
  'a/b',
  'ab',
  'a'.repeat(200),
  'f'.repeat(64),
];

const read = (store: ObjectStore, name: string): Promise<Bytes> =>
  gather(store.get(name), LIMIT).then((bytes) => Uint8Array.from(bytes));

async function* each(pieces: Bytes[]): AsyncIterable<Bytes> {
  yield* pieces;
}

async function* failing(): AsyncIterable<Bytes> {
  yield new Uint8Array(100_000);
  throw new Error('the source failed');
}

const rejects = (work: Promise<unknown>, code: string): Promise<void> =>
  assert.rejects(work, (thrown) => isSalusError(thrown, code));
