import type { ParsedBodyOf, Routes } from '@salus/api';
import { base64url, newId } from '@salus/base';
import { server as opaque } from '@serenity-kit/opaque';
import type { NodeContext } from './context.ts';
import { nodeError } from './errors.ts';

interface Login {
  state: string;
  account: string;
  startedAt: number;
}

const LOGINS_LIMIT = 10_000;
/** Argon2id on a phone takes seconds; a login is finished within two minutes or not at all. */
const LOGIN_MS = 120_000;

/**
 * Logins by password: OPAQUE, so the node never sees the password and a stolen keyring table cannot be guessed against
 * without the account code. What is unlocked is the wrapped keyring; a session still needs a device's signature.
 */
export class Logins {
  readonly #started = new Map<string, Login>();

  constructor(readonly node: Pick<NodeContext, 'database' | 'secrets' | 'random' | 'now'>) {}

  startPassword({ handle, request }: ParsedBodyOf<Routes['startPassword']>) {
    const { registrationResponse } = guarded(() =>
      opaque.createRegistrationResponse({
        serverSetup: this.node.secrets.opaque,
        userIdentifier: base64url(handle),
        registrationRequest: request,
      }),
    );
    return { response: registrationResponse };
  }

  /** An unknown handle gets an answer of the same form: whether an address is registered is not told. */
  async start({ handle, request }: ParsedBodyOf<Routes['startLogin']>) {
    const row = await this.node.database
      .selectFrom('keyring')
      .selectAll()
      .where('handle', '=', handle)
      .executeTakeFirst();
    const { serverLoginState, loginResponse } = guarded(() =>
      opaque.startLogin({
        serverSetup: this.node.secrets.opaque,
        userIdentifier: base64url(handle),
        registrationRecord: row?.registration ?? null,
        startLoginRequest: request,
      }),
    );
    const login = newId(this.node.random);
    this.#makeRoom();
    this.#started.set(login, { state: serverLoginState, account: row?.account ?? '', startedAt: this.node.now() });
    return { login, response: loginResponse };
  }

  /** Throws `login-refused` whatever was wrong. A started login is finished once. */
  async finish({ login, request }: ParsedBodyOf<Routes['finishLogin']>) {
    const started = this.#started.get(login);
    this.#started.delete(login);
    if (!started || this.node.now() > started.startedAt + LOGIN_MS) throw nodeError('login-refused');
    guarded(() => opaque.finishLogin({ serverLoginState: started.state, finishLoginRequest: request }));
    const row = await this.node.database
      .selectFrom('keyring')
      .selectAll()
      .where('account', '=', started.account)
      .executeTakeFirst();
    if (!row) throw nodeError('login-refused');
    return { account: row.account, wrapped: row.wrapped };
  }

  #makeRoom(): void {
    for (const login of this.#started.keys()) {
      if (this.#started.size < LOGINS_LIMIT) return;
      this.#started.delete(login);
    }
  }
}

/** The library throws plain text for any malformed or wrong message. */
function guarded<Result>(run: () => Result): Result {
  try {
    return run();
  } catch {
    throw nodeError('login-refused');
  }
}
