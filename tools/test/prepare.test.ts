import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { whileLocked } from '../prepare/lock.js';
import { buildStamp, installStamp, isBuilt } from '../prepare/stamps.js';

const LOCK_MODULE = pathToFileURL(join(import.meta.dirname, '../prepare/lock.js')).href;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'salus-prepare-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (file: string, text: string) => {
  mkdirSync(join(folder, file, '..'), { recursive: true });
  writeFileSync(join(folder, file), text);
};

describe('one process prepares at a time', () => {
  test('work of processes that start together never overlaps', async () => {
    const lock = join(folder, 'lock');
    const log = join(folder, 'log');
    // Each says when it begins and ends, and is busy in between for as long as the others need to arrive.
    const script = `
      import { appendFileSync } from 'node:fs';
      const { whileLocked } = await import(${JSON.stringify(LOCK_MODULE)});
      await whileLocked(${JSON.stringify(lock)}, () => {
        appendFileSync(${JSON.stringify(log)}, 'begin ');
        for (const end = Date.now() + 100; Date.now() < end; );
        appendFileSync(${JSON.stringify(log)}, 'end ');
      });`;
    const runs = Array.from({ length: 4 }, () => spawn(process.execPath, ['--input-type=module', '-e', script]));
    const codes = await Promise.all(runs.map((run) => new Promise((resolve) => run.on('exit', resolve))));
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(readFileSync(log, 'utf8')).toBe('begin end '.repeat(4));
    expect(existsSync(lock)).toBe(false);
  });

  test('the lock of a dead process is taken away', async () => {
    const lock = join(folder, 'lock');
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(lock, String(dead));
    let ran = false;
    await whileLocked(lock, () => {
      ran = true;
      expect(readFileSync(lock, 'utf8')).toBe(String(process.pid));
    });
    expect(ran).toBe(true);
  });

  test('the lock is released when the work fails', async () => {
    const lock = join(folder, 'lock');
    await expect(
      whileLocked(lock, () => {
        throw new Error('failed');
      }),
    ).rejects.toThrow('failed');
    expect(existsSync(lock)).toBe(false);
  });
});

describe('what makes an install or a build stale', () => {
  const clone = () => {
    write('package.json', '{}');
    write('package-lock.json', '{}');
    write('tsconfig.json', '{}');
    write('tsconfig.base.json', '{}');
    write('packages/base/package.json', '{}');
    write('packages/base/tsconfig.json', '{}');
    write('packages/base/src/deep/a.ts', 'export {};');
  };

  test('an install: the lock file and every package.json, by content and not by time', () => {
    clone();
    const before = installStamp(folder);
    utimesSync(join(folder, 'package-lock.json'), 1, 1);
    expect(installStamp(folder)).toBe(before);
    write('packages/base/src/deep/a.ts', 'export const a = 1;');
    expect(installStamp(folder)).toBe(before);
    write('packages/base/package.json', '{"dependencies":{}}');
    const changed = installStamp(folder);
    expect(changed).not.toBe(before);
    write('package-lock.json', '{"v":2}');
    expect(installStamp(folder)).not.toBe(changed);
  });

  test('a build: any source changed, added or removed, and output that is gone', () => {
    clone();
    const before = buildStamp(folder);
    expect(buildStamp(folder)).toBe(before);
    write('packages/base/src/b.ts', 'export {};');
    const added = buildStamp(folder);
    expect(added).not.toBe(before);
    rmSync(join(folder, 'packages/base/src/deep/a.ts'));
    expect(buildStamp(folder)).not.toBe(added);
    expect(isBuilt(folder)).toBe(false);
    write('packages/base/dist/.tsbuildinfo', '{}');
    expect(isBuilt(folder)).toBe(true);
  });
});
