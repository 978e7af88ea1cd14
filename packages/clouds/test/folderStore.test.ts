import * as nodeFiles from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSalusError, utf8 } from '@salus/base';
import { objectStoreSuite } from '@salus/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FolderFiles, gather, openFolderStore } from '../src/index.ts';

let directory: string;

beforeEach(async () => {
  directory = await nodeFiles.mkdtemp(join(tmpdir(), 'salus-folder-'));
});

afterEach(async () => {
  await nodeFiles.rm(directory, { recursive: true, force: true });
});

const read = (store: Awaited<ReturnType<typeof openFolderStore>>, name: string) => gather(store.get(name), 1 << 26);

const real: FolderFiles = nodeFiles;

const failure = (code: string) => Object.assign(new Error(code), { code });

/** All files below a directory. */
async function filesIn(path: string): Promise<string[]> {
  const entries = await nodeFiles.readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/**
 * The machine's files, where the call of that number fails with a code, as do all behind it: what a crash leaves, for a
 * number; or, for a name, every call of that name fails.
 */
function failingFiles(fails: (call: string, count: number) => boolean, code: string): FolderFiles & { count: number } {
  const state = { count: 0 };
  const step = (call: string) => {
    if (fails(call, state.count++)) throw failure(code);
  };
  const wrapped = Object.fromEntries(
    (['rename', 'link', 'unlink', 'readdir', 'mkdir', 'rm', 'stat', 'statfs'] as const).map((call) => [
      call,
      async (...args: unknown[]) => {
        step(call);
        return (real[call] as (...all: unknown[]) => Promise<unknown>)(...args);
      },
    ]),
  );
  const open = async (...args: Parameters<typeof nodeFiles.open>) => {
    step('open');
    const handle = await nodeFiles.open(...args);
    for (const call of ['write', 'datasync', 'sync'] as const) {
      const genuine = handle[call].bind(handle) as (...all: unknown[]) => Promise<void>;
      (handle as unknown as Record<string, unknown>)[call] = async (...all: unknown[]) => {
        // A write that fails may still have written a part.
        if (call === 'write' && fails(call, state.count)) await genuine(utf8('part'));
        step(call);
        return genuine(...all);
      };
    }
    return handle;
  };
  return Object.assign(state, wrapped, { open }) as unknown as FolderFiles & { count: number };
}

describe('the folder store', () => {
  const open = async () => {
    const place = await nodeFiles.mkdtemp(join(directory, 'store-'));
    return { store: await openFolderStore({ directory: place }), close: async () => {} };
  };
  for (const { claim, check } of objectStoreSuite(open)) it(claim, check);

  it('keeps its objects over a restart and clears what a crash left unfinished', async () => {
    const store = await openFolderStore({ directory });
    await store.put('a/b', utf8('kept'));
    await nodeFiles.writeFile(join(directory, 'unfinished', '7'), 'half an obj');
    const again = await openFolderStore({ directory });
    expect(await again.list({ limit: 10 })).toEqual(['a/b']);
    expect(Buffer.from(await read(again, 'a/b')).toString()).toBe('kept');
    expect((await filesIn(directory)).length).toBe(1);
  });

  it('shows the old object or the new one, whole, wherever a crash strikes', async () => {
    const [before, after] = [utf8('the old object'), utf8('another object, and longer')];
    for (let crashAt = 0; ; crashAt++) {
      const place = await nodeFiles.mkdtemp(join(directory, 'crash-'));
      await (await openFolderStore({ directory: place })).put('x', before);
      const files = failingFiles((_, count) => count >= crashAt, 'EIO');
      const acknowledged = await openFolderStore({ directory: place, files })
        .then((store) => store.put('x', after))
        .then(
          () => true,
          () => false,
        );
      const found = Buffer.from(await read(await openFolderStore({ directory: place }), 'x'));
      expect([before, after].some((whole) => found.equals(whole))).toBe(true);
      if (!acknowledged) continue;
      expect(found.equals(after)).toBe(true);
      expect(crashAt).toBeGreaterThan(6);
      break;
    }
  });

  it('acknowledges only after the file, its folder and the folder above are synced', async () => {
    const calls: string[] = [];
    const files = failingFiles((call) => {
      calls.push(call);
      return false;
    }, 'none');
    const store = await openFolderStore({ directory, files });
    calls.length = 0;
    await store.put('x', utf8('1'));
    const order = calls.filter((call) => ['write', 'datasync', 'rename', 'sync'].includes(call));
    const renamed = order.indexOf('rename');
    // The folder above may be synced while the file is written, but before the file is given its name.
    expect(new Set(order.slice(0, renamed))).toEqual(new Set(['write', 'datasync', 'sync']));
    expect(order.lastIndexOf('write')).toBeLessThan(order.indexOf('datasync'));
    expect(order.slice(renamed + 1)).toEqual(['sync']);
  });

  it('says that the disk is full, keeps what was there and nothing of the rest', async () => {
    await (await openFolderStore({ directory })).put('x', utf8('kept'));
    for (const [call, code] of [
      ['write', 'ENOSPC'],
      ['datasync', 'EDQUOT'],
      ['mkdir', 'ENOSPC'],
      ['open', 'ENOSPC'],
      ['rename', 'ENOSPC'],
    ] as const) {
      let armed = false;
      const files = failingFiles((name) => armed && name === call, code);
      const store = await openFolderStore({ directory, files });
      armed = true;
      await expect(store.put('x', new Uint8Array(100_000))).rejects.toSatisfy((e) => isSalusError(e, 'store-full'));
      await expect(store.put('yy', new Uint8Array(9))).rejects.toSatisfy((e) => isSalusError(e, 'store-full'));
      armed = false;
      expect(Buffer.from(await read(store, 'x')).toString()).toBe('kept');
      expect(await store.list({ limit: 10 })).toEqual(['x']);
      expect((await filesIn(directory)).length).toBe(1);
    }
  });

  it('names every other failure of the disk, and never throws anything else', async () => {
    let broken: string | undefined;
    const files = failingFiles((call) => call === broken, 'EIO');
    const store = await openFolderStore({ directory, files });
    await store.put('x', utf8('1'));
    const unavailable = (thrown: unknown) => isSalusError(thrown, 'store-unavailable');
    for (const call of ['open', 'write', 'datasync', 'sync', 'rename']) {
      broken = call;
      await expect(store.put('x', utf8('2'))).rejects.toSatisfy(unavailable);
    }
    broken = 'link';
    await expect(store.putIfAbsent('z', utf8('2'))).rejects.toSatisfy(unavailable);
    broken = 'open';
    await expect(read(store, 'x')).rejects.toSatisfy(unavailable);
    broken = 'readdir';
    await expect(store.list({ limit: 1 })).rejects.toSatisfy(unavailable);
    broken = 'unlink';
    await expect(store.delete('x')).rejects.toSatisfy(unavailable);
    broken = 'statfs';
    await expect(store.usage()).rejects.toSatisfy(unavailable);
  });

  it('is unavailable, not empty, while its folder is away, and works again when it is back', async () => {
    const [here, away] = [join(directory, 'here'), join(directory, 'away')];
    const store = await openFolderStore({ directory: here });
    await store.put('x', utf8('1'));
    await nodeFiles.rename(here, away);
    const unavailable = (thrown: unknown) => isSalusError(thrown, 'store-unavailable');
    await expect(read(store, 'x')).rejects.toSatisfy(unavailable);
    await expect(store.put('y', utf8('2'))).rejects.toSatisfy(unavailable);
    await expect(store.delete('x')).rejects.toSatisfy(unavailable);
    await expect(store.list({ limit: 1 })).rejects.toSatisfy(unavailable);
    await nodeFiles.rename(away, here);
    await store.put('y', utf8('2'));
    expect(await store.list({ limit: 9 })).toEqual(['x', 'y']);
  });

  it('goes on in a folder that somebody emptied', async () => {
    const store = await openFolderStore({ directory });
    await store.put('x', utf8('1'));
    for (const room of await nodeFiles.readdir(directory))
      await nodeFiles.rm(join(directory, room), { recursive: true });
    await expect(read(store, 'x')).rejects.toSatisfy((thrown) => isSalusError(thrown, 'object-unknown'));
    await expect(store.put('x', utf8('2'))).resolves.toBeUndefined();
    expect(Buffer.from(await read(store, 'x')).toString()).toBe('2');
  });

  it('ignores files that it did not make', async () => {
    const store = await openFolderStore({ directory });
    await store.put('x', utf8('1'));
    await nodeFiles.writeFile(join(directory, 'objects', 'x_', 'README.txt'), 'hello');
    await nodeFiles.writeFile(join(directory, 'objects', '.DS_Store'), 'hello');
    expect(await store.list({ limit: 10 })).toEqual(['x']);
  });

  it('on a disk that hangs keeps one operation waiting and no second: a process has four threads for all its disks', async () => {
    let [under, most] = [0, 0];
    let [goOn, begun] = [() => {}, () => {}];
    const frozen = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const waiting = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const files: FolderFiles = {
      ...real,
      open: async (path, flags) => {
        most = Math.max(most, ++under);
        if (flags === 'wx') begun();
        if (flags === 'wx') await frozen;
        under--;
        return real.open(path, flags);
      },
    };
    const store = await openFolderStore({ directory, files });
    const writes = Promise.all(Array.from({ length: 20 }, (_, i) => store.put(`o${i}`, utf8('1'))));
    await waiting;
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(under).toBe(1);
    goOn();
    await writes;
    expect(most).toBe(1);
    expect(await store.list({ limit: 100 })).toHaveLength(20);
  });

  it('can be read on a disk without room for one more folder', async () => {
    await (await openFolderStore({ directory })).put('x', utf8('kept'));
    const store = await openFolderStore({
      directory,
      files: failingFiles((call, i) => call === 'mkdir' && i > 0, 'ENOSPC'),
    }).catch(() => undefined);
    expect(store && Buffer.from(await read(store, 'x')).toString()).toBe('kept');
    await expect(store!.put('fresh/y', utf8('1'))).rejects.toSatisfy((thrown) => isSalusError(thrown, 'store-full'));
  });

  it('tells how full it is', async () => {
    const store = await openFolderStore({ directory });
    await store.put('x', new Uint8Array(10));
    await store.put('y/z', new Uint8Array(20));
    const usage = await store.usage();
    expect(usage).toMatchObject({ objects: 2, sizeBytes: 30 });
    expect(usage.freeBytes).toBeGreaterThan(0);
  });

  it('writes nowhere else, whatever it is asked to name', async () => {
    const inside = join(directory, 'store');
    const store = await openFolderStore({ directory: inside });
    await nodeFiles.writeFile(join(directory, 'secret'), 'outside');
    for (const name of [
      '../secret',
      '..',
      'a/../../secret',
      '/etc/passwd',
      'objects/../../secret',
      '...',
      '..a',
      'x/..b',
    ]) {
      await store.put(name, utf8('written')).catch(() => undefined);
      await store.delete(`${name}x`).catch(() => undefined);
    }
    expect(await nodeFiles.readFile(join(directory, 'secret'), 'utf8')).toBe('outside');
    expect((await nodeFiles.readdir(directory)).sort()).toEqual(['secret', 'store']);
  });
});
