import { type Bytes, concat, decodeCanonical, encodeCanonical, framed, fromBase64url, type Random } from '@salus/base';
import { deriveKey, openSalted, sealSalted } from '@salus/schemes/keyless';
import { client as opaque, ready } from '@serenity-kit/opaque';
import type { Client } from './client.ts';
import { sdkError } from './errors.ts';
import { type Keyring, keyringSchema } from './identity.ts';

/** Argon2id at 64 MiB, three passes: RFC 9106's second recommendation; a phone takes about a second. */
const STRETCHING = { 'argon2id-custom': { iterations: 3, memory: 65_536, parallelism: 4 } } as const;
const KEYRING_LIMIT_BYTES = 64 * 1024;

export interface Credentials {
  /** Look-up index of the e-mail address. */
  handle: Bytes;
  password: string;
  /** The account code. */
  code: Bytes;
}

/** A keyring wrapped for the node to keep: it can neither open it nor test guesses, for it has no account code. */
export async function wrapKeyring(
  client: Client,
  keyring: Keyring,
  { handle, password, code }: Credentials,
  random: Random,
) {
  await ready;
  const { clientRegistrationState, registrationRequest } = opaque.startRegistration({ password });
  const { response } = await client.call('startPassword', { handle, request: registrationRequest });
  const { registrationRecord, exportKey } = honest(() =>
    opaque.finishRegistration({
      password,
      registrationResponse: response,
      clientRegistrationState,
      keyStretching: STRETCHING,
    }),
  );
  const key = wrappingKey(exportKey, code);
  return {
    registration: registrationRecord,
    wrapped: await sealSalted(key, encodeCanonical(keyring), aad(keyring.account), random),
  };
}

/** Fetches the keyring as it is stored, with what the password alone gives to open it. Throws `login-refused`, `code-wrong`. */
export async function fetchKeyring(client: Client, { handle, password }: Omit<Credentials, 'code'>) {
  await ready;
  const { clientLoginState, startLoginRequest } = opaque.startLogin({ password });
  const { login, response } = await client.call('startLogin', { handle, request: startLoginRequest });
  const finished = honest(() =>
    opaque.finishLogin({ clientLoginState, loginResponse: response, password, keyStretching: STRETCHING }),
  );
  // The node answers a login that fails here; asking it lets it count tries.
  const request = finished?.finishLoginRequest ?? UNFINISHED;
  const { account, wrapped } = await client.call('finishLogin', { login, request });
  if (!finished) throw sdkError('code-wrong');
  return { account, wrapped, exportKey: finished.exportKey };
}

/** Fetches and opens the keyring. Throws `login-refused`, `code-wrong`. */
export async function unwrapKeyring(
  client: Client,
  { code, ...credentials }: Credentials,
): Promise<{ keyring: Keyring; wrapped: Bytes }> {
  const { account, wrapped, exportKey } = await fetchKeyring(client, credentials);
  const opened = await openSalted(wrappingKey(exportKey, code), wrapped, aad(account));
  if (!opened) throw sdkError('code-wrong');
  return { keyring: decodeCanonical('keyring', opened, keyringSchema, KEYRING_LIMIT_BYTES), wrapped };
}

/** The library throws plain text for an answer that is none. */
function honest<Result>(run: () => Result): Result {
  try {
    return run();
  } catch {
    throw sdkError('answer-dishonest', { why: 'its part of the password exchange is malformed' });
  }
}

const UNFINISHED = 'AA';
const aad = (account: string) => framed('SALUS1/keyring', account);
const wrappingKey = (exportKey: string, code: Bytes): Bytes =>
  deriveKey(concat(fromBase64url(exportKey), code), 'SALUS1/keyring/wrap');
