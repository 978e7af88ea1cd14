import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSalusError, utf8 } from '@salus/base';
import { objectStoreSuite, seededRandom } from '@salus/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, storeConfig } from '../../src/index.ts';
import { HurriedClock } from './clock.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'salus-open-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const world = (environment: Record<string, string> = {}) => ({
  directory,
  environment,
  clock: new HurriedClock(),
  random: seededRandom('open'),
});
const s3 = { name: 'cloud', kind: 's3', endpoint: 'https://127.0.0.1:9', bucket: 'a-bucket' };
const secrets = { accessKeyId: 'an-access-key', secretAccessKey: 'a-canary-secret' };

/** Opens with these credentials; gives what it was told. */
const told = async (credentials: object, environment = {}) =>
  openStore(storeConfig.parse({ ...s3, credentials }), world(environment)).then(
    () => 'opened',
    (thrown: unknown) => {
      if (!isSalusError(thrown, 'credentials-unusable')) throw thrown;
      expect(JSON.stringify([thrown.message, thrown.facts, thrown.fix])).not.toContain('canary');
      return String(thrown.facts.why);
    },
  );

describe('a configured store', () => {
  it('is a folder where no kind is said, as in configurations written before there were kinds', async () => {
    const config = storeConfig.parse({ name: 'store-1', folder: 'clouds/1' });
    expect(config).toEqual({ name: 'store-1', kind: 'folder', folder: 'clouds/1' });
    const claims = objectStoreSuite(async () => {
      const folder = await mkdtemp(join(directory, 'place-'));
      const store = await openStore(storeConfig.parse({ name: 'store-1', folder }), world());
      return { store, close: () => store.close() };
    });
    for (const { check } of claims) await check();
  });

  it('loads the client library of no other kind', () => {
    const program = `
      const { openStore, storeConfig } = await import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)});
      const world = { directory: '/', environment: {}, clock: { now: () => 0, after: () => () => {} }, random: (n) => new Uint8Array(n) };
      await openStore(storeConfig.parse({ name: 'a', folder: ${JSON.stringify(directory)} }), world);`;
    const asData = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;
    const teller = asData('export const load = (url, context, next) => (process._rawDebug(url), next(url, context));');
    const start = asData(`import { register } from 'node:module'; register(${JSON.stringify(teller)});`);
    const { status, stderr } = spawnSync(process.execPath, ['--import', start, '--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/node_modules\/zod/);
    expect(stderr).not.toMatch(/aws-sdk|azure|google|webdav|basic-ftp|ssh2/);
  });
});

describe('credentials', () => {
  it('come from a file that its owner alone can read, or from the environment', async () => {
    const file = join(directory, 'credentials.json');
    await writeFile(file, JSON.stringify(secrets), { mode: 0o600 });
    expect(await told({ file: 'credentials.json' })).toBe('opened');
    expect(await told({ file })).toBe('opened');
    expect(await told({ env: 'SALUS_CLOUD' }, { SALUS_CLOUD: JSON.stringify(secrets) })).toBe('opened');
    for (const mode of [0o640, 0o604, 0o620, 0o660]) {
      await chmod(file, mode);
      expect(await told({ file })).toBe(`others may use the file (mode ${mode.toString(8)})`);
    }
  });

  it('are refused with what is wrong and nothing of what they say', async () => {
    expect(await told({ file: 'nowhere.json' })).toBe('the file is not there');
    expect(await told({ env: 'SALUS_CLOUD' })).toBe('the environment variable is not set');
    const given = async (text: string) => told({ env: 'SALUS_CLOUD' }, { SALUS_CLOUD: text });
    expect(await given('a-canary-secret')).toBe('they are no JSON');
    for (const wrong of [{}, { ...secrets, canary: 1 }, { ...secrets, secretAccessKey: '' }, ['canary'], null])
      expect(await given(JSON.stringify(wrong))).toBe('fields are missing, wrong or unknown');
  });

  it('stand nowhere in a configuration', () => {
    for (const credentials of [secrets, 'a-canary-secret', { file: 'a', env: 'B' }, {}])
      expect(storeConfig.safeParse({ ...s3, credentials }).success).toBe(false);
    expect(storeConfig.safeParse({ ...s3, credentials: { file: 'a' } }).success).toBe(true);
  });
});

it('takes no address without TLS', () => {
  const at = (endpoint: string) => storeConfig.safeParse({ ...s3, endpoint, credentials: { file: 'a' } }).success;
  expect([at('https://127.0.0.1:9'), at('http://127.0.0.1:9'), at('ftp://a'), at('a')]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

it('tells of WebDAV presets that are none, or lack something', async () => {
  const open = async (config: object) => {
    const whole = storeConfig.parse({
      name: 'cloud',
      kind: 'webdav',
      folder: 'salus',
      credentials: { env: 'W' },
      ...config,
    });
    const environment = { W: JSON.stringify({ username: 'me@example', password: 'p' }) };
    return openStore(whole, world(environment)).then(
      (store) => store.close().then(() => 'opened'),
      (thrown: unknown) => (isSalusError(thrown, 'credentials-unusable') ? String(thrown.facts.why) : thrown),
    );
  };
  expect(await open({ preset: 'drivehq' })).toBe('opened');
  expect(await open({ preset: 'nextcloud', host: 'cloud.example' })).toBe('opened');
  expect(await open({ preset: 'nextcloud' })).toBe('the preset needs a host');
  expect(await open({})).toBe('neither preset nor url is given');
  expect(await open({ preset: 'constructor' })).toMatch(/^there is no preset of that name/);
});

it('gives up on a store that is not there, with an error of ours', async () => {
  await writeFile(join(directory, 'c.json'), JSON.stringify(secrets), { mode: 0o600 });
  const store = await openStore(storeConfig.parse({ ...s3, credentials: { file: 'c.json' } }), world());
  await expect(store.put('a', utf8('a'))).rejects.toMatchObject({
    code: 'store-unavailable',
    facts: { why: 'ECONNREFUSED' },
  });
});
