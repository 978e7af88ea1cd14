import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bytes, hex, utf8 } from '@salus/base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insertNew } from '../src/database/insertNew.ts';
import { type Database, openDatabase } from '../src/database/open.ts';

let directory: string;
let database: Database;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'salus-insert-'));
  database = await openDatabase(join(directory, 'salus.db'));
});
afterEach(async () => {
  await database.destroy();
  await rm(directory, { recursive: true });
});

interface Entry {
  label: Bytes;
  value: Bytes;
}

const entry = (label: number, value: string): Entry => ({ label: utf8(`label ${label}`), value: utf8(value) });

const insert = (entries: Entry[]) =>
  insertNew(entries, {
    keyOf: ({ label }) => hex(label),
    contentOf: ({ value }) => value,
    insert: async (page) => {
      const inserted = database.insertInto('entry').values(page);
      const fresh = await inserted
        .onConflict((c) => c.doNothing())
        .returning('label')
        .execute();
      return fresh.map(({ label }) => hex(label));
    },
    held: async () => {
      const there = await database.selectFrom('entry').select(['label', 'value']).execute();
      return new Map(there.map(({ label, value }) => [hex(label), value]));
    },
    taken: ({ label }) => new Error(`taken: ${Buffer.from(label).toString()}`),
  });

const count = async () => (await database.selectFrom('entry').select('label').execute()).length;

describe('many rows in few statements', () => {
  it('are all there, more than one statement takes included, and only the new ones are given', async () => {
    const first = Array.from({ length: 1_500 }, (_, i) => entry(i, `value ${i}`));
    expect(await insert(first)).toHaveLength(1_500);
    const more = Array.from({ length: 1_500 }, (_, i) => entry(i + 700, `value ${i + 700}`));
    expect(await insert(more)).toEqual(more.slice(800));
    expect(await count()).toBe(2_200);
  });

  it('take the same row again as no conflict, in the table or in the list', async () => {
    expect(await insert([entry(1, 'a'), entry(1, 'a')])).toEqual([entry(1, 'a')]);
    expect(await insert([entry(1, 'a')])).toEqual([]);
    expect(await count()).toBe(1);
  });

  it('refuse another value under a key, in the table or in the list', async () => {
    await insert([entry(1, 'a')]);
    await expect(insert([entry(2, 'b'), entry(1, 'other')])).rejects.toThrow('taken: label 1');
    await expect(insert([entry(3, 'c'), entry(3, 'other')])).rejects.toThrow('taken: label 3');
  });
});
