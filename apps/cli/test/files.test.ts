import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileFor } from '../src/commands/record.ts';
import { FileStore } from '../src/fileStore.ts';
import { contentOfFile, filesBelow, writeContent } from '../src/files.ts';
import { untilOf } from '../src/until.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'salus-files-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function* bytes(text: string) {
  yield new TextEncoder().encode(text);
}

describe('a profile on disk', () => {
  it('is readable by its owner alone and keeps the old value until the new one is whole', async () => {
    const store = new FileStore(join(directory, 'meera'));
    expect(await store.get('identity')).toBeUndefined();
    await store.put('identity', Uint8Array.of(1));
    await store.put('identity', Uint8Array.of(2));
    expect(await store.get('identity')).toEqual(Uint8Array.of(2));
    expect((await stat(join(directory, 'meera', 'identity.cbor'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'meera'))).mode & 0o777).toBe(0o700);
    await store.delete('identity');
    expect(await store.get('identity')).toBeUndefined();
  });
});

describe('files', () => {
  it('below a folder are found in one order; a link leads nowhere', async () => {
    await mkdir(join(directory, 'b'));
    await writeFile(join(directory, 'b', 'two'), '2');
    await writeFile(join(directory, 'a'), '1');
    await symlink('/etc/hostname', join(directory, 'link'));
    expect((await filesBelow(directory)).map(({ name }) => name)).toEqual(['a', join('b', 'two')]);
  });

  it('are never overwritten, and a folder or nothing is no file', async () => {
    const file = join(directory, 'out', 'x.txt');
    await writeContent(bytes('first'), file);
    await expect(writeContent(bytes('second'), file)).rejects.toMatchObject({ code: 'argument-wrong' });
    expect(await readFile(file, 'utf8')).toBe('first');
    await expect(contentOfFile(directory)).rejects.toMatchObject({ code: 'file-unreadable' });
    await expect(contentOfFile(join(directory, 'none'))).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('named by somebody else stay in this folder', () => {
    expect(fileFor('../../etc/passwd', 'r')).not.toContain('/');
    expect(fileFor('..', 'r')).toBe('_');
    expect(fileFor('.bashrc', 'r')).toBe('_bashrc');
    expect(fileFor(undefined, 'abc')).toBe('abc.json');
  });
});

describe('a time to come', () => {
  const now = Date.UTC(2026, 10, 21);

  it('is days or a date; what is past or no time is refused', () => {
    expect(untilOf('30d', now)).toBe(now + 30 * 86_400_000);
    expect(untilOf('2027-01-31', now)).toBe(Date.UTC(2027, 0, 31, 23, 59, 59, 999));
    for (const wrong of ['0d', '2020-01-01', 'soon', '2027-13-99', '']) {
      expect(() => untilOf(wrong, now)).toThrow(expect.objectContaining({ code: 'argument-wrong' }));
    }
  });
});
