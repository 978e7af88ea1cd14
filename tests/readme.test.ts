import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const markdownIn = (folder: string) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));

const DOCUMENTS = [...markdownIn('.'), ...markdownIn('spec'), ...markdownIn('docs/decisions')];

/** Commands of the blocks that begin with ```sh run. */
const commandsIn = (text: string): string[] =>
  [...text.matchAll(/^```sh run\n(.*?)^```/gms)].flatMap(([, block]) =>
    block!.split('\n').filter((line) => line.trim()),
  );

describe('what the README shows runs', () => {
  const commands = commandsIn(read('README.md'));

  test('it shows at least one command', () => expect(commands).not.toEqual([]));

  test.each(commands)('%s', (command) => {
    const { status, stdout, stderr } = spawnSync(command, { cwd: ROOT, shell: true, encoding: 'utf8' });
    expect(stderr).not.toMatch(/\bat .+:\d+:\d+/);
    expect(status, stderr).toBe(0);
    expect(stdout).not.toBe('');
  });

  test('every command of its examples exists', () => {
    const { stdout } = spawnSync('npx salus --help', { cwd: ROOT, shell: true, encoding: 'utf8' });
    const known = [...stdout.matchAll(/^ {2}(\S+(?: \S+)?) {2,}/gm)].map(([, name]) => name!);
    const shown = [
      ...read('README.md').matchAll(/^npx salus (?!-)(\S+(?: (?:add|open|list|show|update|run)\b)?)/gm),
    ].map(([, name]) => name!);
    expect(shown).not.toEqual([]);
    expect(known).toEqual(expect.arrayContaining(shown));
  });
});

describe('documents hold together', () => {
  test.each(DOCUMENTS)('every link of %s leads somewhere', (file) => {
    const links = [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link!);
    const missing = links.filter((link) => !existsSync(resolve(ROOT, dirname(file), link)));
    expect(missing).toEqual([]);
  });

  test.each(DOCUMENTS)('every page of spec that %s names is there', (file) => {
    const pages = [...read(file).matchAll(/\bspec\/[\w/-]+\.(?:md|json)\b/g)].map(([page]) => page);
    expect(pages.filter((page) => !existsSync(join(ROOT, page)))).toEqual([]);
  });

  test('the index of spec names every page', () => {
    const index = read('spec/README.md');
    const pages = readdirSync(join(ROOT, 'spec')).filter((page) => page.endsWith('.md') && page !== 'README.md');
    expect(pages.filter((page) => !index.includes(`(${page})`))).toEqual([]);
  });

  test('the table of folders names every package', () => {
    const architecture = read('ARCHITECTURE.md');
    const folders = ['packages', 'apps'].flatMap((group) =>
      readdirSync(join(ROOT, group)).map((name) => `[${group}/${name}]`),
    );
    expect(folders.filter((folder) => !architecture.includes(folder))).toEqual([]);
  });
});
