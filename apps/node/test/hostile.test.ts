import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bytes, base64url, encodeCanonical, utf8 } from '@salus/base';
import { initPairing } from '@salus/schemes/keyless';
import { type HostileCase, hostileSuite, seededRandom } from '@salus/testkit';
import { client as opaque } from '@serenity-kit/opaque';
import { afterAll, describe, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/database/open.ts';
import { Logins } from '../src/logins.ts';
import { isNumber } from '../src/number.ts';
import { makeSecrets, readSecrets } from '../src/secrets.ts';

await initPairing();
const random = seededRandom('hostile');
const folder = mkdtempSync(join(tmpdir(), 'salus-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file of a node's folder, read by what reads it there. */
const inFile = (name: string, read: (directory: string) => Promise<unknown>) => async (bytes: Bytes) => {
  await writeFile(join(folder, name), bytes);
  return read(folder);
};

const cases: HostileCase[] = [
  {
    what: 'node.json',
    usual: 2_000,
    make: () => {
      const stores = [1, 2].map((i) => ({ name: `store-${i}`, folder: `clouds/${i}` }));
      const config = { host: '127.0.0.1', port: 8480, origins: ['https://records.example'], stores, dataShards: 1 };
      return { samples: [utf8(JSON.stringify(config))], take: inFile('node.json', readConfig), parallel: 1 };
    },
  },
  {
    what: 'the file of a node’s keys',
    usual: 2_000,
    make: async () => {
      await mkdir(join(folder, 'keys'), { recursive: true });
      const take = inFile(join('keys', 'node.cbor'), readSecrets);
      return { samples: [encodeCanonical(await makeSecrets(random))], take, parallel: 1 };
    },
  },
  {
    what: 'a patient number',
    usual: 100_000,
    make: () => ({ samples: [utf8('482910')], take: (bytes) => isNumber(Buffer.from(bytes).toString('utf8')) }),
  },
  { what: 'a login', usual: 1_000, make: logins },
];

/** Messages of the password exchange, one behind the other: to begin with, and to end with. */
async function logins() {
  const database = await openDatabase(join(folder, 'logins.db'));
  const secrets = await makeSecrets(random);
  const node = new Logins({ database, secrets, random, now: () => 0 });
  const { startLoginRequest } = opaque.startLogin({ password: 'correct horse' });
  const handle = random(32);
  const take = async (bytes: Bytes) => {
    const message = base64url(bytes);
    node.startPassword({ handle, request: message });
    const { login } = await node.start({ handle, request: message });
    await node.finish({ login, request: message });
    return true;
  };
  return { samples: [], near: [new Uint8Array(Buffer.from(startLoginRequest, 'base64url'))], take };
}

describe('what a node is given', () => {
  for (const { claim, check, timeoutMs } of hostileSuite(cases, process.env.SALUS_HOSTILE)) it(claim, check, timeoutMs);
});
