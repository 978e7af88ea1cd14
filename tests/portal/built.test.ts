import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import words from '../../apps/portal/src/words/en.json' with { type: 'json' };

const PAGE = fileURLToPath(new URL('../../apps/portal/dist/page', import.meta.url));
const FORBIDDEN = ['lock', 'slot', 'envelope', 'epoch', 'nonce', 'validator', 'shard', 'ledger'];
const BEFORE_LOGIN_BYTES = 250 * 1024;

/** Every text of a locale, by its path. Names in braces are the program's, not the person's. */
function textsOf(part: unknown, path = ''): [string, string][] {
  if (typeof part === 'string') return [[path, part.replace(/{{.*?}}/g, '')]];
  return Object.entries(part as Record<string, unknown>).flatMap(([name, inner]) => textsOf(inner, `${path}/${name}`));
}

/** Scripts that the index loads, the device's worker, which is asked who is signed in, and everything those import before they run. */
async function firstScripts(): Promise<string[]> {
  const index = await readFile(join(PAGE, 'index.html'), 'utf8');
  const names = new Set([...index.matchAll(/\/assets\/([\w.-]+\.js)/g)].map(([, name]) => name!));
  names.add(await workerScript());
  for (const name of names) {
    const script = await readFile(join(PAGE, 'assets', name), 'utf8');
    for (const [, imported] of script.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) names.add(imported!);
  }
  return [...names];
}

async function workerScript(): Promise<string> {
  for (const name of await readdir(join(PAGE, 'assets'))) {
    const script = name.endsWith('.js') ? await readFile(join(PAGE, 'assets', name), 'utf8') : '';
    const [, worker] = /new Worker\(new URL\([`"']\/assets\/([\w.-]+\.js)/.exec(script) ?? [];
    if (worker) return worker;
  }
  throw new Error('no script of the page starts a worker');
}

describe('the built page', () => {
  it.each(FORBIDDEN)('never says “%s” to a person', (word) => {
    const found = textsOf(words).filter(([, text]) => new RegExp(`\\b${word}`, 'i').test(text));
    expect(found).toEqual([]);
  });

  it('loads at most 250 KB of compressed script before login', async () => {
    const sizes = await Promise.all(
      (await firstScripts()).map(async (name) => gzipSync(await readFile(join(PAGE, 'assets', name))).length),
    );
    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(BEFORE_LOGIN_BYTES);
  });

  it('holds nothing inline that its policy would refuse, and names no other origin', async () => {
    const index = await readFile(join(PAGE, 'index.html'), 'utf8');
    expect(index).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?:/);
    const files = await readdir(join(PAGE, 'assets'));
    const styles = files.filter((name) => name.endsWith('.css'));
    for (const name of styles)
      expect(await readFile(join(PAGE, 'assets', name), 'utf8')).not.toMatch(/url\(["']?https?:|@import/);
  });
});
