import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fromHex } from '@salus/base';
import { boxKeyOf, decapsulate } from '@salus/schemes/keyless';
import { platform } from '@salus/testkit';
import { describe, expect, it } from 'vitest';
import { backupKeysOf } from '../src/backups/keys.ts';
import { ChunkOpener, openList } from '../src/backups/sealed.ts';
import { makeVectors } from './fixture/backupVectors.ts';

const FILE = new URL('../../../spec/vectors/backup.json', import.meta.url);
type Vectors = Awaited<ReturnType<typeof makeVectors>> & Record<'names' | 'checks' | 'lists', string>;
const readVectors = async (): Promise<Vectors> => JSON.parse(await readFile(FILE, 'utf8'));
const bytesOf = (digits: string) => Buffer.from(digits, 'hex');

const { framed, derive, openOnce } = platform;
const mac = (key: Buffer, ...parts: (string | Buffer)[]): Buffer =>
  createHmac('sha256', key)
    .update(framed(...parts))
    .digest();

const openSalted = (secret: Buffer, sealed: Buffer, aad: Buffer): Buffer =>
  openOnce(derive(secret, 'SALUS1/aead/salted', sealed.subarray(0, 32)), sealed.subarray(32), aad);

describe('spec/vectors/backup.json', () => {
  it('is what the code makes', async () => {
    await expect(`${JSON.stringify(await makeVectors(), null, 1)}\n`).toMatchFileSnapshot(FILE.pathname);
  });

  it('can be read from spec/backup.md alone, without this package', async () => {
    const { recoveryKey, names, checks, lists, chunk, piece, list, set } = await readVectors();
    const secret = derive(bytesOf(recoveryKey), 'SALUS1/backup/node');
    for (const [use, key] of Object.entries({ names, checks, lists }))
      expect(derive(secret, `SALUS1/backup/${use}`).toString('hex')).toBe(key);
    const plaintext = Buffer.from(chunk.plaintext);
    expect(mac(bytesOf(names), 'SALUS1/backup/chunk', plaintext).toString('hex')).toBe(chunk.name);
    expect(mac(bytesOf(names), 'SALUS1/backup/piece', bytesOf(piece.of)).toString('hex')).toBe(piece.name);
    const object = bytesOf(chunk.object);
    const [encapsulation, sealed, check] = [
      object.subarray(0, 1_120),
      object.subarray(1_120, -32),
      object.subarray(-32),
    ];
    expect(mac(bytesOf(checks), 'SALUS1/backup/check', bytesOf(chunk.name), object.subarray(0, -32))).toEqual(check);
    const shared = Buffer.from(decapsulate(fromHex(recoveryKey), new Uint8Array(encapsulation))!);
    const recovery = Buffer.from(boxKeyOf(fromHex(recoveryKey)).publicKey);
    const run = derive(shared, 'SALUS1/backup/run', encapsulation, recovery);
    expect(openSalted(run, sealed, framed('SALUS1/backup/chunk', bytesOf(chunk.name)))).toEqual(plaintext);
    for (const { name, object: of, plaintext: expected } of [list, set])
      expect(openSalted(bytesOf(lists), bytesOf(of), framed('SALUS1/backup/list', name)).toString('hex')).toBe(
        expected,
      );
    const reference = bytesOf(list.plaintext);
    expect(reference.subarray(0, 32).toString('hex')).toBe(chunk.name);
    expect(reference.readUInt32BE(32)).toBe(plaintext.length);
  });

  it('holds objects that are refused, and one that opens', async () => {
    const { recoveryKey, chunk, set, refused } = await readVectors();
    const keys = backupKeysOf(fromHex(recoveryKey));
    const opener = new ChunkOpener(keys, fromHex(recoveryKey));
    expect(await opener.open(chunk.name, fromHex(chunk.object))).toEqual(new TextEncoder().encode(chunk.plaintext));
    for (const { why, name, object } of refused) expect(await opener.open(name, fromHex(object)), why).toBeUndefined();
    expect(await openList(keys, `${set.name.slice(0, -1)}e`, fromHex(set.object))).toBeUndefined();
  });
});
