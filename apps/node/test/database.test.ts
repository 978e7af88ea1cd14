import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyDatabase, type Database, isTaken, openDatabase } from '../src/database/open.ts';

let directory: string;
let database: Database;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'salus-database-'));
  database = await openDatabase(join(directory, 'salus.db'));
});
afterEach(async () => {
  await database.destroy();
  await rm(directory, { recursive: true });
});

const entry = (label: number, value: number[]) => ({ label: Uint8Array.of(label), value: Uint8Array.from(value) });

describe('the database', () => {
  it('gives blobs back as Uint8Array', async () => {
    await database
      .insertInto('entry')
      .values(entry(1, [2, 3]))
      .execute();
    const row = await database.selectFrom('entry').selectAll().executeTakeFirstOrThrow();
    expect(row).toEqual(entry(1, [2, 3]));
    expect(row.value).toBeInstanceOf(Uint8Array);
  });

  it('says when a key is taken', async () => {
    await database
      .insertInto('entry')
      .values(entry(1, [1]))
      .execute();
    const thrown = await database
      .insertInto('entry')
      .values(entry(1, [2]))
      .execute()
      .catch((error: unknown) => error);
    expect(isTaken(thrown)).toBe(true);
    expect(isTaken(new Error('something else'))).toBe(false);
  });

  it('a transaction that throws leaves nothing', async () => {
    const work = database.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('entry')
        .values(entry(1, [1]))
        .execute();
      throw new Error('stop');
    });
    await expect(work).rejects.toThrow('stop');
    expect(await database.selectFrom('entry').selectAll().execute()).toEqual([]);
  });

  it('is copied while it is in use', async () => {
    await database
      .insertInto('entry')
      .values(entry(7, [7]))
      .execute();
    await copyDatabase(join(directory, 'salus.db'), join(directory, 'copy.db'));
    const copy = await openDatabase(join(directory, 'copy.db'));
    expect(await copy.selectFrom('entry').selectAll().execute()).toEqual([entry(7, [7])]);
    await copy.destroy();
  });

  it('an unreadable file gives our own error', async () => {
    await expect(openDatabase(join(directory, 'no', 'such', 'folder.db'))).rejects.toMatchObject({
      code: 'database-unreadable',
    });
  });

  it('binds every type without aborting the process, or refuses it', () => {
    // The driver aborts the whole process on types it does not know: only a child shows that ours never reach it.
    const script = fileURLToPath(new URL('./bindEveryType.js', import.meta.url));
    const child = spawnSync(process.execPath, [script, join(directory, 'types.db')], { encoding: 'utf8' });
    expect(child.stderr).toBe('');
    expect(JSON.parse(child.stdout)).toEqual({
      string: 'bound',
      number: 'bound',
      bigint: 'bound',
      null: 'bound',
      true: 'bound',
      false: 'bound',
      bytes: 'bound',
      buffer: 'bound',
      object: 'TypeError',
      undefined: 'TypeError',
      date: 'TypeError',
      array: 'TypeError',
      symbol: 'TypeError',
    });
  });
});
