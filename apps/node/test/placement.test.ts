import { EventEmitter, once } from 'node:events';
import * as nodeFiles from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromHex } from '@salus/base';
import type { StripePlacement } from '@salus/clouds';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, logOf, openDatabase } from '../src/database/open.ts';
import { DatabasePlacement } from '../src/placement.ts';

let directory: string;
let database: Database;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'salus-placement-'));
  database = await openDatabase(join(directory, 'salus.db'));
});
afterEach(async () => {
  await database.destroy();
  await rm(directory, { recursive: true });
});

const CHUNK = 'ab'.repeat(32);
const stripe = (digit: string): StripePlacement => {
  const id = digit.repeat(64);
  const extent = { chunk: CHUNK, chunkBytes: 10, chunkOffset: 0, stripe: id, stripeOffset: 0, lengthBytes: 10 };
  const shard = {
    stripe: id,
    index: 0,
    store: 'cloud-1',
    name: digit.repeat(64),
    sizeBytes: 200,
    state: 'stored' as const,
  };
  return { stripe: id, k: 1, n: 2, sealedBytes: 58, shards: [shard], extents: [extent] };
};

/** A disk whose flushes end when they are told to. */
class Disk extends EventEmitter {
  readonly waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

  readonly files = {
    open: async (path: string, flags: string) => {
      const handle = await nodeFiles.open(path, flags);
      const sync = () =>
        new Promise<void>((resolve, reject) => {
          this.waiting.push({ resolve, reject });
          this.emit('flush');
        });
      return { sync, close: () => handle.close() } as unknown as nodeFiles.FileHandle;
    },
  };
}

describe('placement', () => {
  it('is recorded when the log is flushed, and nobody is told of it before', async () => {
    const disk = new Disk();
    const placement = new DatabasePlacement(database, logOf(join(directory, 'salus.db')), disk.files as never);
    const order: string[] = [];
    const begun = once(disk, 'flush');
    const recorded = placement.record([stripe('1')]).then(() => order.push('recorded'));
    await begun;
    const told = placement.extents([CHUNK]).then((extents) => order.push(`told of ${extents.length}`));
    const sized = placement.chunkSizes([fromHex(CHUNK)]).then((sizes) => order.push(`sized ${sizes.size}`));
    // The rows are there for everybody, and all of these wait for a flush that began after they were read.
    expect(await database.selectFrom('extent').select('chunk').execute()).toHaveLength(1);
    expect(order).toEqual([]);
    const next = once(disk, 'flush');
    disk.waiting.shift()!.resolve();
    await recorded;
    expect(order).toEqual(['recorded']);
    await next;
    disk.waiting.shift()!.resolve();
    await Promise.all([told, sized]);
    expect(order.toSorted()).toEqual(['recorded', 'sized 1', 'told of 1']);
    expect(disk.waiting).toEqual([]);
    expect(await placement.extents([CHUNK])).toHaveLength(1);
  });

  it('whose flush failed is told of only after one that did not', async () => {
    const disk = new Disk();
    const placement = new DatabasePlacement(database, logOf(join(directory, 'salus.db')), disk.files as never);
    const begun = once(disk, 'flush');
    const recorded = placement.record([stripe('2')]);
    recorded.catch(() => undefined);
    await begun;
    disk.waiting.shift()!.reject(new Error('the disk is gone'));
    await expect(recorded).rejects.toThrow('the disk is gone');
    const again = once(disk, 'flush');
    const told = placement.extents([CHUNK]);
    await again;
    disk.waiting.shift()!.resolve();
    expect(await told).toHaveLength(1);
  });

  it('leaves every other commit flushed, whether or not its own went well', async () => {
    const placement = new DatabasePlacement(database, logOf(join(directory, 'salus.db')));
    const flushes = async () => (await sql<{ synchronous: number }>`PRAGMA synchronous`.execute(database)).rows;
    await placement.record([stripe('3')]);
    expect(await flushes()).toEqual([{ synchronous: 2 }]);
    const { shards, ...rest } = stripe('4');
    await expect(placement.record([{ ...rest, shards: [...shards, ...shards] }])).rejects.toThrow();
    expect(await flushes()).toEqual([{ synchronous: 2 }]);
    expect(await placement.list({ limit: 9 })).toEqual(['3'.repeat(64)]);
  });
});
