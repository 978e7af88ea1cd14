import { type Bytes, concat, framed, fromBase64url } from '@salus/base';
import { deriveKey, openSalted, sealSalted } from '@salus/schemes/keyless';
import { logIn } from '@salus/sdk';
import { client as opaque, ready, server } from '@serenity-kit/opaque';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital, type Person } from '../src/hospital.ts';
import { PASSWORD } from '../src/people.ts';
import { refusal } from '../src/refusal.ts';

let hospital: Hospital;
let meera: Person;
beforeAll(async () => {
  await ready;
  hospital = await Hospital.open();
  meera = await hospital.patient('Meera Nair');
});
afterAll(() => hospital.stop());

const STRETCHING = { 'argon2id-custom': { iterations: 3, memory: 65_536, parallelism: 4 } } as const;
const DICTIONARY = ['123456', 'password', PASSWORD, 'letmein'];

/** What a server with its whole database and its OPAQUE setup does at home: it plays both ends of a login for each guess. */
async function exportKeyOf(guess: string): Promise<Bytes | undefined> {
  const { secrets, database } = hospital.node.context;
  const row = await keyringRow();
  const account = await database
    .selectFrom('keyring')
    .select('handle')
    .where('account', '=', row.account)
    .executeTakeFirst();
  const { clientLoginState, startLoginRequest } = opaque.startLogin({ password: guess });
  const { loginResponse } = server.startLogin({
    serverSetup: secrets.opaque,
    userIdentifier: Buffer.from(account!.handle).toString('base64url'),
    registrationRecord: row.registration,
    startLoginRequest,
  });
  const finished = opaque.finishLogin({
    clientLoginState,
    loginResponse,
    password: guess,
    keyStretching: STRETCHING,
  });
  return finished && fromBase64url(finished.exportKey);
}

const keyringRow = () =>
  hospital.node.context.database
    .selectFrom('keyring')
    .selectAll()
    .where('account', '=', meera.device.account)
    .executeTakeFirstOrThrow();

const opening = async (exportKey: Bytes, code: Bytes, wrapped: Bytes) =>
  openSalted(
    deriveKey(concat(exportKey, code), 'SALUS1/keyring/wrap'),
    wrapped,
    framed('SALUS1/keyring', meera.device.account),
  );

describe('a server that guesses a password at home, with database and OPAQUE setup', () => {
  it('finds it, if it is in its dictionary, and opens no keyring with it: the account code is missing', async () => {
    const found: { guess: string; exportKey: Bytes }[] = [];
    for (const guess of DICTIONARY) {
      const exportKey = await exportKeyOf(guess);
      if (exportKey) found.push({ guess, exportKey });
    }
    // OPAQUE alone cannot stop who holds its setup: this is why a second secret, of 128 bits, is on no server.
    expect(found.map(({ guess }) => guess)).toEqual([PASSWORD]);
    const { wrapped } = await keyringRow();
    const { exportKey } = found[0]!;
    const codes = [
      new Uint8Array(16),
      new Uint8Array(0),
      exportKey.slice(0, 16),
      ...Array.from({ length: 200 }, () => meera.device.random(16)),
    ];
    for (const code of codes) expect(await opening(exportKey, code, wrapped)).toBeUndefined();
    expect(await opening(exportKey, meera.code, wrapped)).toBeDefined();
  });

  it('would open it where the wrapping needed the export key alone (reproduces)', async () => {
    const exportKey = (await exportKeyOf(PASSWORD))!;
    const secret = meera.device.random(32);
    const aad = framed('SALUS1/keyring', meera.device.account);
    const weak = await sealSalted(deriveKey(exportKey, 'weak'), secret, aad, meera.device.random);
    expect(await openSalted(deriveKey(exportKey, 'weak'), weak, aad)).toEqual(secret);
  });

  it('gets no further by answering logins itself: neither does a person with the password alone', async () => {
    for (let i = 0; i < 3; i++)
      expect(await refusal(() => logIn(hospital.surroundings(), meera.email, PASSWORD, meera.device.random(16)))).toBe(
        'code-wrong',
      );
  });
});
