import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bytes, base64url, encodeCanonical, utf8 } from '@salus/base';
import { parseGenesis } from '@salus/contracts';
import { boxKeyOf, initPairing, sealBox } from '@salus/schemes/keyless';
import { type HostileCase, hostileSuite, seededRandom } from '@salus/testkit';
import { client as opaque } from '@serenity-kit/opaque';
import { afterAll, describe, it } from 'vitest';
import { newNetwork } from '../../../packages/contracts/test/fixture/people.ts';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/database/open.ts';
import { backUp, foundNode, restore } from '../src/index.ts';
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
  { what: 'a restored backup', usual: 300, make: backup },
  {
    what: 'a patient number',
    usual: 100_000,
    make: () => ({ samples: [utf8('482910')], take: (bytes) => isNumber(Buffer.from(bytes).toString('utf8')) }),
  },
  { what: 'a login', usual: 1_000, make: logins },
];

/** Its keys are sealed to the recovery key by whoever has the public half: anybody. */
async function backup() {
  const home = join(folder, 'founded');
  const { operator } = parseGenesis((await newNetwork('backup')).genesisBytes);
  const founding = { operator, organisation: 'City Hospital', time: 1_700_000_000_000, random };
  const { recoveryKey } = await foundNode(home, founding);
  const source = join(folder, 'backup');
  await openDatabase(join(home, 'node', 'salus.db')).then((database) => database.destroy());
  await mkdir(join(home, 'node', 'ledger'), { recursive: true });
  await backUp(home, source, random);
  const keysInside = new Uint8Array(await readFile(join(home, 'node', 'keys', 'node.cbor')));
  const recipient = boxKeyOf(recoveryKey).publicKey;
  const target = join(folder, 'restored');
  const take = async (bytes: Bytes) => {
    await rm(target, { recursive: true, force: true });
    await writeFile(
      join(source, 'secrets.sealed'),
      await sealBox(recipient, bytes, utf8('SALUS1/node-backup'), random),
    );
    await restore(target, source, recoveryKey);
    return true;
  };
  return { samples: [keysInside], take, parallel: 1 };
}

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
