import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { check } from '../arrows/check.js';
import { zones } from '../arrows/table.js';
import { readTree } from '../arrows.js';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const door = (source: string) => ({ source });
const manifest = (folder: string, more: object = { exports: { '.': door('./src/index.ts') } }): [string, string] => [
  `${folder}/package.json`,
  JSON.stringify(more),
];
const MANIFESTS = [
  ...['base', 'record', 'contracts', 'clouds', 'api', 'sdk', 'testkit'].map((name) => manifest(`packages/${name}`)),
  manifest('apps/node'),
  manifest('apps/cli'),
  manifest('bench', {}),
  manifest('packages/schemes', {
    exports: { './keyless': door('./src/keyless/index.ts'), './holder': door('./src/holder/index.ts') },
    imports: { '#platform': { browser: door('./src/platform/browser.ts'), default: door('./src/platform/node.ts') } },
  }),
  manifest('packages/ledger', {
    exports: { '.': door('./src/index.ts'), './verifier': door('./src/verifier/index.ts') },
  }),
];

/** What the check says of a small repository of these files. */
const failures = (files: Record<string, string>) => check(new Map([...MANIFESTS, ...Object.entries(files)]));
/** What it says of one file. */
const messages = (path: string, text: string) => failures({ [path]: text }).map(({ message }) => message);

describe('who may import whom', () => {
  test.each([
    ['packages/base/src/a.ts', "import { x } from '@salus/contracts';"],
    ['packages/schemes/src/keyless/a.ts', "import { x } from '@salus/contracts';"],
    ['packages/record/src/a.ts', "import { x } from '@salus/clouds';"],
    ['packages/contracts/src/a.ts', "import { x } from '@salus/schemes/holder';"],
    ['packages/ledger/src/a.ts', "import { x } from '@salus/record';"],
    ['packages/clouds/src/a.ts', "import { x } from '@salus/record';"],
    ['packages/api/src/a.ts', "import { x } from '@salus/sdk';"],
    ['packages/sdk/src/a.ts', "import { x } from '@salus/ledger';"],
    ['packages/sdk/src/a.ts', "import { x } from '@salus/clouds';"],
    ['apps/node/src/a.ts', "import { x } from '@salus/record';"],
    ['apps/node/src/a.ts', "import { x } from '@salus/schemes/holder';"],
    ['apps/node/src/a.ts', "import { x } from '@salus/sdk';"],
    ['apps/cli/src/a.ts', "import { x } from '@salus/schemes/holder';"],
    ['packages/testkit/src/a.ts', "import { x } from '@salus/sdk';"],
  ])('%s may not contain %s', (path, text) => {
    const [message] = messages(path, text);
    expect(message).toMatch(/may import (only|no other)/);
    expect(message).toMatch(/: .{20,}\. Move the code/);
  });

  test.each([
    "import type { X } from '@salus/record';",
    "import '@salus/record';",
    "export { x } from '@salus/record';",
    "export type { X } from '@salus/record';",
    "export * from '@salus/record';",
    "const x = await import('@salus/record');",
    "type X = import('@salus/record').X;",
    "import x = require('@salus/record');",
    'import { x } from "@salus/record/dist/index.js";',
    `const t = \`\${(() => { return \`}\`; })()}\`; import { x } from '@salus/record';`,
    "const r = /['\"`]/; import { x } from '@salus/record';",
    "const it = don't\nimport { x } from '@salus/record';",
  ])('a server finds no way to sealing: %s', (text) => {
    expect(messages('apps/node/src/a.ts', text)).toHaveLength(1);
  });

  test.each([
    "// import { x } from '@salus/record';",
    "/* import('@salus/record') */",
    'const text = "import { x } from \'@salus/record\'";',
    "const text = `import('@salus/record')`;",
    "const from = '@salus/record';",
    "export const records = '@salus/record';",
    "loader.import('@salus/record');",
    "import { type Bytes } from '@salus/base';",
  ])('what is no import is left alone: %s', (text) => {
    expect(messages('apps/node/src/a.ts', text)).toEqual([]);
  });

  test('an import whose name is computed cannot be checked', () => {
    expect(messages('apps/node/src/a.ts', "await import('@salus/' + name);")[0]).toContain('computed');
    expect(messages('apps/node/src/a.ts', 'await import(name);')[0]).toContain('computed');
  });

  test.each(['@salus/testkit', '@salus/tests', '@salus/bench'])('nothing that ships imports %s', (name) => {
    expect(messages('packages/clouds/src/a.ts', `import { x } from '${name}';`)[0]).toContain('for tests only');
  });

  test('a library that is not in the table is refused, and one that is there is not', () => {
    expect(messages('packages/clouds/src/a.ts', "import x from 'lodash/fp';")[0]).toContain('imports lodash,');
    expect(messages('packages/ledger/src/a.ts', "import { open } from 'lmdb';")).toHaveLength(1);
    expect(messages('packages/ledger/src/hosts/embedded/a.ts', "import { open } from 'lmdb';")).toEqual([]);
    expect(messages('packages/schemes/src/keyless/a.ts', "import x from '@noble/post-quantum/hybrid.js';")).toEqual([]);
  });

  test.each(['base', 'record', 'api', 'contracts', 'sdk', 'schemes', 'schemes/src/keyless', 'ledger'])(
    'packages/%s has no module of Node.js',
    (name) => {
      const folder = name.includes('/src') ? name : `${name}/src`;
      expect(messages(`packages/${folder}/a.ts`, "import { readFile } from 'node:fs/promises';")[0]).toContain(
        'Node.js',
      );
      expect(messages(`packages/${folder}/a.ts`, "import { join } from 'path';")[0]).toContain('Node.js');
    },
  );

  test('only the Node.js half of the platform has modules of Node.js', () => {
    const text = "import { createHash } from 'node:crypto';";
    expect(messages('packages/schemes/src/platform/node.ts', text)).toEqual([]);
    expect(messages('packages/schemes/src/platform/browser.ts', text)).toHaveLength(1);
  });

  test('the command line draws random bytes and has no other cryptography or network', () => {
    expect(messages('apps/cli/src/a.ts', "import { randomBytes } from 'node:crypto';")).toEqual([]);
    expect(messages('apps/cli/src/a.ts', "import { createHash, randomBytes } from 'node:crypto';")).toHaveLength(1);
    expect(messages('apps/cli/src/a.ts', "import * as c from 'node:crypto';")).toHaveLength(1);
    expect(messages('apps/cli/src/a.ts', "import { request } from 'node:http';")).toHaveLength(1);
    expect(messages('apps/cli/src/a.ts', "await fetch('http://127.0.0.1/');")[0]).toContain('uses fetch(');
    expect(messages('apps/cli/src/a.ts', 'await client.fetch(page);')).toEqual([]);
  });

  test('a package that no zone names has to be added to the table', () => {
    expect(messages('packages/extra/src/a.ts', 'export const x = 1;')[0]).toContain('belongs to no zone');
  });
});

describe('inside a package', () => {
  test('a cycle is told by its files, also where only types close it', () => {
    const found = failures({
      'packages/clouds/src/a.ts': "import { b } from './b.ts';",
      'packages/clouds/src/b.ts': "import { c } from './deep/c.ts';",
      'packages/clouds/src/deep/c.ts': "import type { A } from '../a.ts';",
    });
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain('a.ts → b.ts → c.ts → a.ts');
  });

  test('a cycle through an import by condition is one, too', () => {
    const found = failures({
      'packages/schemes/src/keyless/a.ts': "import { digest } from '#platform';",
      'packages/schemes/src/platform/node.ts': "import type { A } from '../keyless/a.ts';",
    });
    expect(found.map(({ message }) => message)).toEqual([expect.stringContaining('imports itself')]);
  });

  test('files that share a third are no cycle', () => {
    const text = "import { c } from './c.ts';";
    expect(
      failures({
        'packages/clouds/src/a.ts': `import { b } from './b.ts'; ${text}`,
        'packages/clouds/src/b.ts': text,
        'packages/clouds/src/c.ts': '',
      }),
    ).toEqual([]);
  });

  test('nobody inside enters by the package’s own door', () => {
    const index = { 'packages/clouds/src/index.ts': '', 'packages/schemes/src/keyless/index.ts': '' };
    const found = failures({
      ...index,
      'packages/clouds/src/a.ts': "import { b } from './index.ts';",
      'packages/schemes/src/holder/a.ts': "import { b } from '../keyless/index.ts';",
    });
    expect(found.map(({ path }) => path)).toEqual(['packages/clouds/src/a.ts', 'packages/schemes/src/holder/a.ts']);
    expect(found.every(({ message }) => message.includes('own door'))).toBe(true);
  });

  test('a door may hold a narrower one, and a folder’s index is no door', () => {
    expect(
      failures({
        'packages/ledger/src/index.ts': "export * from './verifier/index.ts';",
        'packages/ledger/src/verifier/index.ts': '',
        'packages/api/src/routes/index.ts': '',
        'packages/api/src/openapi.ts': "import { routes } from './routes/index.ts';",
      }),
    ).toEqual([]);
  });

  test('no path leads out of the package', () => {
    expect(messages('packages/api/src/a.ts', "import { x } from '../../contracts/src/table.ts';")[0]).toContain(
      'outside',
    );
    expect(messages('packages/api/src/a.ts', "import { x } from '../test/fixture.ts';")[0]).toContain('outside');
  });

  test('keyless never reaches holder, through however many files; the other way is open', () => {
    const holder = { 'packages/schemes/src/holder/root.ts': "import { h } from '../keyless/hash.ts';" };
    const hash = { 'packages/schemes/src/keyless/hash.ts': '' };
    expect(failures({ ...holder, ...hash })).toEqual([]);
    const found = failures({
      ...holder,
      ...hash,
      'packages/schemes/src/keyless/index.ts': "export { a } from './a.ts';",
      'packages/schemes/src/keyless/a.ts': "import { between } from '../between.ts';",
      'packages/schemes/src/between.ts': "import type { Root } from './holder/root.ts';",
    });
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain('keyless/index.ts → keyless/a.ts → between.ts → holder/root.ts');
  });

  test('the verifier never reaches a host', () => {
    const [found] = failures({
      'packages/ledger/src/verifier/index.ts': "export type { Store } from '../hosts/embedded/store.ts';",
      'packages/ledger/src/hosts/embedded/store.ts': '',
    });
    expect(found?.message).toContain('runs in browsers');
  });

  test('a file of more than 400 lines has more than one subject', () => {
    expect(messages('packages/api/src/a.ts', 'export {};\n'.repeat(400))).toEqual([]);
    expect(messages('packages/api/src/a.ts', 'export {};\n'.repeat(401))[0]).toContain('has 401 lines');
  });
});

describe('banned calls', () => {
  const CLOCKS = ['Date.now()', 'new Date()', 'performance.now()', 'globalThis.Date.now()', '{ now: Date.now }'];
  const DRAWS = [
    'Math.random()',
    'crypto.getRandomValues(b)',
    'crypto.randomUUID()',
    'globalThis.crypto.getRandomValues(b)',
  ];

  test.each(
    ['schemes/src/keyless', 'schemes/src/holder', 'record/src', 'contracts/src'].flatMap((folder) =>
      [...CLOCKS, ...DRAWS].map((call) => [folder, call]),
    ),
  )('%s must not use %s', (folder, call) => {
    const found = messages(`packages/${folder}/a.ts`, `export const x = ${call};`);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatch(/^uses .+, but .+\. (Take|Work) .+\.$/);
  });

  test('record may shape a time that it was given; contracts and schemes know no Date at all', () => {
    const text = 'export const iso = (time: number) => new Date(time).toISOString();';
    expect(messages('packages/record/src/a.ts', text)).toEqual([]);
    expect(messages('packages/contracts/src/a.ts', text)).toHaveLength(1);
    expect(messages('packages/schemes/src/holder/a.ts', text)).toHaveLength(1);
    expect(messages('packages/contracts/src/a.ts', 'interface Person { Date: string; birthDate: string }')).toEqual([]);
  });

  test('randomness comes from the platform only', () => {
    expect(messages('packages/schemes/src/platform/browser.ts', 'crypto.getRandomValues(bytes);')).toEqual([]);
  });

  test.each([
    '0.5',
    '1e3',
    'a / b',
    'parseFloat(a)',
    'Number.parseFloat(a)',
    'Math.sqrt(a)',
    'a.toFixed(2)',
    'NaN',
    'Infinity',
  ])('contracts count in whole units: %s', (expression) => {
    expect(messages('packages/contracts/src/a.ts', `export const x = ${expression};`)).toHaveLength(1);
    expect(messages('packages/clouds/src/a.ts', `export const x = ${expression};`)).toEqual([]);
  });

  test('contracts may divide where they round', () => {
    expect(messages('packages/contracts/src/a.ts', 'const a = 0xe1 + Math.floor(b / 4) + 1_000;')).toEqual([]);
    expect(messages('packages/contracts/src/a.ts', 'const a = /[a-z]/.test(b);')).toEqual([]);
  });

  test.each(['a.localeCompare(b)', 'a.toLocaleString()', 'new Intl.Collator()', 'JSON.stringify(a)', 'JSON.parse(a)'])(
    'contracts depend on no locale and no JSON: %s',
    (expression) => {
      expect(messages('packages/contracts/src/a.ts', `export const x = ${expression};`)).toHaveLength(1);
    },
  );

  test('only the command line and benches write to the console, and only apps with one know their process', () => {
    const shipped = zones.filter(({ name }) => !['apps/cli', 'bench'].includes(name)).map(({ folder }) => folder);
    for (const folder of shipped) {
      const path = folder.endsWith('.ts') ? folder : `${folder}/a.ts`;
      expect(messages(path, "console.log('x');"), path).toHaveLength(1);
      const asked = messages(path, 'export const home = process.env.HOME;');
      expect(asked, path).toHaveLength(path.startsWith('packages/') || path.startsWith('apps/portal/') ? 1 : 0);
    }
    expect(messages('apps/cli/src/a.ts', "console.log('x');")).toEqual([]);
  });

  test('a member of the same name is something else', () => {
    expect(messages('packages/contracts/src/a.ts', 'this.process.run(); block.Date.now(); own.Math.random();')).toEqual(
      [],
    );
  });

  test('the failure names the line', () => {
    const [found] = failures({
      'packages/contracts/src/a.ts': `/* one\n two */\n\`\${\n1}\`;\nexport const x = Date.now();\n`,
    });
    expect(found?.line).toBe(5);
  });
});

test('this repository keeps its own rules', () => {
  expect(check(readTree(ROOT)).map(({ path, line, message }) => `${path}:${line} ${message}`)).toEqual([]);
});
