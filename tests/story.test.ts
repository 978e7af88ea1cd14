import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Line, salus } from './src/program.ts';

const STEPS = [
  ...['register', 'activate', 'assign', 'seal', 'request', 'verify-request', 'consent', 'search', 'open'],
  ...['delegate', 'delegate-search', 'delegate-open', 'delegate-refused', 'invisible', 'stores-checked'],
  ...[
    'cloud-lost',
    'cloud-damaged',
    'damage-named',
    'repaired',
    'revoke',
    'revoked-refused',
    'log',
    'verify-ledger',
    'restart',
  ],
];

/** As people have them: nested, oddly named, empty, twice the same. */
const FILES: Record<string, string | Uint8Array> = {
  'a.txt': 'one text',
  'copies/a.txt': 'one text',
  'copies/again/a (copy).txt': 'one text',
  'empty.csv': '',
  'deep/er/and/deeper/still.json': '{"resourceType":"Patient"}',
  'odd/--option': 'looks like an option',
  'odd/ leading and trailing .txt': 'spaces',
  'odd/“quotes” & 100% #1.txt': 'signs',
  'odd/Überweisung 肺 🫁.txt': 'letters of many scripts',
  'no-extension': Uint8Array.of(0, 255, 0, 255),
  'larger.bin': new Uint8Array(300_000).map((_, i) => (i * 2_654_435_761) >>> 24),
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'salus-files-'));
  for (const [name, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const step = (lines: Line[], name: string) => lines.find((line) => line.step === name)!;

describe('salus demo', () => {
  it('tells the whole story in its order, every step of it true', async () => {
    const { code, lines } = await salus(['demo']);
    expect(lines.filter(({ ok }) => ok !== true)).toEqual([]);
    expect(lines.map(({ step }) => step)).toEqual(STEPS);
    expect(code).toBe(0);
    const { guessed, guessedWithoutRefresh } = step(lines, 'invisible') as Record<string, number>;
    expect(guessed).toBeLessThanOrEqual(44);
    expect(guessedWithoutRefresh).toBe(64);
    const { editedBytes, editSentBytes } = step(lines, 'seal') as Record<string, number>;
    expect(editSentBytes).toBeLessThan(editedBytes! / 4);
  });

  it('tells it with anybody’s files: nested, oddly named, empty, twice the same', async () => {
    const { code, lines } = await salus(['demo', '--files', directory]);
    expect(lines.filter(({ ok }) => ok !== true)).toEqual([]);
    expect(lines.map(({ step }) => step)).toEqual(STEPS);
    expect(code).toBe(0);
    const count = Object.keys(FILES).length;
    expect(step(lines, 'seal')).toMatchObject({ files: count });
    expect(step(lines, 'open')).toMatchObject({ records: count });
    expect(step(lines, 'restart')).toMatchObject({ files: count });
  });

  it('ends with an error and another code where there are no files', async () => {
    const empty = join(directory, 'empty');
    await mkdir(empty);
    for (const [given, why] of [
      [empty, 'argument-wrong'],
      [join(directory, 'nowhere'), 'file-unreadable'],
    ] as const) {
      const { code, lines } = await salus(['demo', '--files', given]);
      expect(code).toBe(1);
      expect(lines).toMatchObject([{ ok: false, code: why }]);
    }
  });
});
