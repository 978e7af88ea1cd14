/**
 * Who may know what. A zone is a folder of sources in which the same rules hold; a file belongs to the zone with the longest
 * matching folder.
 * @typedef {object} Zone
 * @property {string} name as people say it
 * @property {string} folder
 * @property {string[]} workspace packages of this repository that it may import, by exact name
 * @property {string[]} libraries packages from the registry that it may import
 * @property {boolean | Record<string, string[]>} builtins modules of Node.js: all, none, or all but for those listed, of which only these names
 * @property {import('./bans.js').BanName[]} bans what its code must not call
 * @property {string} why the reason that a person who broke a rule is told
 */

const BASE = '@salus/base';
const KEYLESS = '@salus/schemes/keyless';
const HOLDER = '@salus/schemes/holder';
const GATEWAY = '@salus/schemes/gateway';

/** Client libraries of stores, each in its driver alone. @type {Record<string, string[]>} */
const DRIVERS = {
  s3: ['@aws-sdk/client-s3', '@aws-sdk/lib-storage'],
  azure: ['@azure/storage-blob'],
  gcs: ['google-auth-library'],
  webdav: ['webdav'],
  ftps: ['basic-ftp'],
  sftp: ['ssh2'],
};

/** @type {Zone[]} */
export const zones = [
  {
    name: 'base',
    folder: 'packages/base/src',
    workspace: [],
    libraries: ['cborg', 'zod'],
    builtins: false,
    bans: ['clock', 'randomness', 'console', 'process'],
    why: 'base stands under every package and runs in browsers',
  },
  {
    name: 'schemes',
    folder: 'packages/schemes/src',
    workspace: [BASE],
    libraries: ['zod'],
    builtins: false,
    bans: ['clock', 'date', 'randomness', 'json', 'locale', 'console', 'process'],
    why: 'a scheme is a pure function of its arguments, so that tests and simulations run exactly what people run',
  },
  {
    name: 'schemes/keyless',
    folder: 'packages/schemes/src/keyless',
    workspace: [BASE],
    libraries: ['zod', 'mcl-wasm', '@noble/post-quantum'],
    builtins: false,
    bans: ['clock', 'date', 'randomness', 'json', 'locale', 'console', 'process'],
    why: 'keyless is all the cryptography a node has, and it must never learn a scheme that takes a person’s key',
  },
  {
    name: 'schemes/holder',
    folder: 'packages/schemes/src/holder',
    workspace: [BASE],
    libraries: ['zod'],
    builtins: false,
    bans: ['clock', 'date', 'randomness', 'json', 'locale', 'console', 'process'],
    why: 'a scheme is a pure function of its arguments, so that tests and simulations run exactly what people run',
  },
  {
    name: 'schemes/gateway',
    folder: 'packages/schemes/src/gateway',
    workspace: [BASE],
    libraries: [],
    builtins: false,
    bans: ['clock', 'date', 'randomness', 'json', 'locale', 'console', 'process'],
    why: 'whoever makes tags could answer audits without the data, so what takes that key stands apart from all else of a node',
  },
  {
    name: 'schemes/platform (browser)',
    folder: 'packages/schemes/src/platform',
    workspace: [BASE],
    libraries: ['@noble/hashes'],
    builtins: false,
    bans: ['clock', 'date', 'console', 'process'],
    why: 'this is what the schemes need from a browser',
  },
  {
    name: 'schemes/platform (Node.js)',
    folder: 'packages/schemes/src/platform/node.ts',
    workspace: [BASE],
    libraries: [],
    builtins: true,
    bans: ['clock', 'date', 'console', 'process'],
    why: 'this is what the schemes need from Node.js',
  },
  {
    name: 'record',
    folder: 'packages/record/src',
    workspace: [BASE, KEYLESS, HOLDER],
    libraries: ['zod'],
    builtins: false,
    bans: ['clock', 'randomness', 'console', 'process'],
    why: 'record shapes what is sealed and knows neither network nor storage; it runs in browsers',
  },
  {
    name: 'contracts',
    folder: 'packages/contracts/src',
    workspace: [BASE, KEYLESS],
    libraries: ['zod'],
    builtins: false,
    bans: ['clock', 'date', 'randomness', 'json', 'locale', 'floats', 'console', 'process'],
    why: 'every node and every verifier must derive the same state from the same operations, on any machine and in any year',
  },
  {
    name: 'ledger',
    folder: 'packages/ledger/src',
    workspace: [BASE, KEYLESS, '@salus/contracts'],
    libraries: ['zod'],
    builtins: false,
    bans: ['console', 'process'],
    why: 'blocks, trees and proofs are checked in browsers too, and the ledger knows commitments, never records',
  },
  {
    name: 'ledger/hosts',
    folder: 'packages/ledger/src/hosts',
    workspace: [BASE, KEYLESS, '@salus/contracts'],
    libraries: ['zod', 'lmdb'],
    builtins: true,
    bans: ['console', 'process'],
    why: 'a host keeps the ledger on disk, and knows commitments, never records',
  },
  {
    name: 'clouds',
    folder: 'packages/clouds/src',
    workspace: [BASE, KEYLESS],
    libraries: ['zod'],
    builtins: true,
    bans: ['console', 'process'],
    why: 'clouds moves sealed bytes and needs to know nothing of what they are; a driver brings its own client library and no other driver’s',
  },
  ...Object.entries(DRIVERS).map(([driver, libraries]) => ({
    name: `clouds/drivers/${driver}`,
    folder: `packages/clouds/src/drivers/${driver}`,
    workspace: [BASE],
    libraries,
    builtins: true,
    bans: /** @type {import('./bans.js').BanName[]} */ (['clock', 'randomness', 'console', 'process']),
    why: 'a driver knows its own client library and what all drivers share, so that any of them can go without a trace',
  })),
  {
    name: 'api',
    folder: 'packages/api/src',
    workspace: [BASE, '@salus/contracts'],
    libraries: ['zod'],
    builtins: false,
    bans: ['clock', 'randomness', 'console', 'process'],
    why: 'the API is declared once for both sides, so it holds neither server nor client',
  },
  {
    name: 'sdk',
    folder: 'packages/sdk/src',
    workspace: [BASE, KEYLESS, HOLDER, '@salus/record', '@salus/contracts', '@salus/ledger/verifier', '@salus/api'],
    libraries: ['zod', '@serenity-kit/opaque'],
    builtins: false,
    bans: ['console', 'process'],
    why: 'the sdk is a person’s device and runs in browsers: it believes no server and holds none of a server’s parts',
  },
  {
    name: 'testkit',
    folder: 'packages/testkit/src',
    workspace: [
      BASE,
      KEYLESS,
      HOLDER,
      '@salus/record',
      '@salus/contracts',
      '@salus/ledger',
      '@salus/clouds',
      '@salus/api',
    ],
    libraries: ['zod', '@azure/storage-blob'],
    builtins: true,
    bans: ['clock', 'randomness', 'console', 'process'],
    why: 'a simulation that reads the clock or draws its own randomness cannot be repeated from its seed',
  },
  {
    name: 'apps/node',
    folder: 'apps/node/src',
    workspace: [BASE, KEYLESS, '@salus/contracts', '@salus/ledger', '@salus/clouds', '@salus/api'],
    libraries: [
      'zod',
      'fastify',
      'fastify-type-provider-zod',
      '@fastify/swagger',
      '@fastify/helmet',
      '@fastify/rate-limit',
      '@fastify/static',
      '@serenity-kit/opaque',
      'kysely',
      'libsql',
      'pg',
      'pino',
      'prom-client',
    ],
    builtins: true,
    bans: ['console'],
    why: 'that a server cannot open records is this rule and no promise: it has no code that takes a person’s key',
  },
  {
    name: 'apps/node/tagger',
    folder: 'apps/node/src/tagger',
    workspace: [BASE, KEYLESS, GATEWAY, '@salus/clouds'],
    libraries: ['zod'],
    builtins: true,
    bans: ['console'],
    why: 'the tagging process holds the key that answers audits without the data, so it has nothing of the server, its database or its ledger',
  },
  {
    name: 'apps/cli',
    folder: 'apps/cli/src',
    workspace: [BASE, '@salus/sdk', '@salus/node'],
    libraries: [],
    builtins: {
      'node:crypto': ['randomBytes'],
      'node:http': [],
      'node:https': [],
      'node:http2': [],
      'node:net': [],
      'node:tls': [],
    },
    bans: ['network'],
    why: 'the command line shows what the sdk does; network and cryptography of its own would be a second, unchecked sdk',
  },
  {
    name: 'apps/portal',
    folder: 'apps/portal/src',
    workspace: ['@salus/sdk'],
    libraries: [
      '@mantine/core',
      '@tanstack/react-query',
      '@tanstack/react-router',
      'comlink',
      'i18next',
      'pdfjs-dist',
      'react',
      'react-dom',
      'react-i18next',
      'uplot',
      'uqr',
    ],
    builtins: false,
    bans: ['network', 'console', 'process'],
    why: 'the page shows what the sdk does; network and cryptography of its own would be a second, unchecked sdk',
  },
  {
    name: 'bench',
    folder: 'bench/src',
    workspace: ['*'],
    libraries: ['*'],
    builtins: true,
    bans: [],
    why: 'a bench may measure anything',
  },
];

/** Packages that nothing but tests, benches and their own kind may import. */
export const forTestsOnly = ['@salus/testkit', '@salus/bench', '@salus/tests'];

/**
 * Doors from which a part of the same package must not be reached, through however many files.
 * @type {{door: string, never: string, why: string}[]}
 */
export const sealedDoors = [
  {
    door: 'packages/schemes/src/keyless/index.ts',
    never: 'packages/schemes/src/holder/',
    why: 'a node imports keyless, and would get schemes that take a person’s key',
  },
  {
    door: 'packages/schemes/src/keyless/index.ts',
    never: 'packages/schemes/src/gateway/',
    why: 'a node proves possession, and would get the key that answers audits without the data',
  },
  {
    door: 'apps/node/src/index.ts',
    never: 'apps/node/src/tagger/',
    why: 'the server answers audits, and would get the key that answers them without the data: it starts that process and speaks to it',
  },
  {
    door: 'apps/node/src/tagger/main.ts',
    never: 'apps/node/src/database/',
    why: 'whoever makes tags keeps no data, so that it cannot be taken for who must show it',
  },
  {
    door: 'packages/ledger/src/verifier/index.ts',
    never: 'packages/ledger/src/hosts/',
    why: 'the verifier runs in browsers, where hosts’ disk and database do not exist',
  },
  ...Object.keys(DRIVERS).flatMap((driver) =>
    Object.keys(DRIVERS)
      .filter((other) => other !== driver)
      .map((other) => ({
        door: `packages/clouds/src/drivers/${driver}/${driver}Store.ts`,
        never: `packages/clouds/src/drivers/${other}/`,
        why: 'a driver that needs another cannot be loaded, or taken out, alone',
      })),
  ),
];

/** A file longer than this has more than one subject. */
export const LONGEST_FILE_LINES = 400;

/** A whole scheme may stay in one file because it is read and audited as one. @type {string[]} */
export const wholeSchemes = [];
