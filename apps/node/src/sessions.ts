import { apiError, LIMITS } from '@salus/api';
import { type AccountId, type Bytes, base64url, type DeviceId, hex, type Random, type TimeMs } from '@salus/base';
import { sessionMessage, sha256, verifySignature } from '@salus/schemes/keyless';

/** Who is calling: a device of an account. */
export interface Caller {
  account: AccountId;
  device: DeviceId;
}

interface Session extends Caller {
  openedAt: TimeMs;
  usedAt: TimeMs;
}

/** A signed answer to a challenge. */
export interface SessionRequest extends Caller {
  nonce: Bytes;
  origin: string;
  signature: Bytes;
}

const CHALLENGES_LIMIT = 100_000;
const SESSIONS_LIMIT = 100_000;

/**
 * Sessions live in memory, by the hash of their token: a restart ends them, and devices open new ones by themselves.
 * Devices prove themselves by a signature over a nonce good once and for a minute.
 */
export class Sessions {
  /** Addresses of this node: a signature made for another, which somebody in the middle passed on, opens nothing. */
  readonly origins = new Set<string>();
  readonly #challenges = new Map<string, TimeMs>();
  readonly #sessions = new Map<string, Session>();

  constructor(
    readonly network: Bytes,
    readonly random: Random,
    readonly now: () => TimeMs,
  ) {}

  challenge(): Bytes {
    this.#forget(this.#challenges, CHALLENGES_LIMIT, (madeAt) => madeAt + LIMITS.challengeMs);
    const nonce = this.random(32);
    this.#challenges.set(hex(nonce), this.now());
    return nonce;
  }

  /** Throws `session-refused` whatever was wrong: nonce, origin, key or signature. */
  async open(request: SessionRequest, deviceKey: Bytes | undefined): Promise<{ token: string; expiresAt: TimeMs }> {
    const madeAt = this.#challenges.get(hex(request.nonce));
    this.#challenges.delete(hex(request.nonce));
    const fresh = madeAt !== undefined && this.now() <= madeAt + LIMITS.challengeMs;
    const here = this.origins.has(request.origin);
    const message = sessionMessage(this.network, request.origin, request.nonce);
    if (!fresh || !here || !deviceKey || !(await verifySignature(deviceKey, message, request.signature)))
      throw apiError('session-refused');
    this.#forget(this.#sessions, SESSIONS_LIMIT, (session) => session.openedAt + LIMITS.sessionMs);
    const token = this.random(32);
    const now = this.now();
    this.#sessions.set(keyOf(base64url(token)), {
      account: request.account,
      device: request.device,
      openedAt: now,
      usedAt: now,
    });
    return { token: base64url(token), expiresAt: now + LIMITS.sessionMs };
  }

  /** The caller behind a token. Throws `session-required` or `session-expired`. */
  caller(token: string | undefined): Caller {
    if (!token) throw apiError('session-required');
    const session = this.#sessions.get(keyOf(token));
    const now = this.now();
    if (!session) throw apiError('session-expired');
    if (now > session.openedAt + LIMITS.sessionMs || now > session.usedAt + LIMITS.sessionIdleMs) {
      this.#sessions.delete(keyOf(token));
      throw apiError('session-expired');
    }
    session.usedAt = now;
    return session;
  }

  close(token: string): void {
    this.#sessions.delete(keyOf(token));
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** Makes room: what has expired goes first, then the oldest. */
  #forget<Value>(held: Map<string, Value>, limit: number, endsAt: (value: Value) => TimeMs): void {
    if (held.size < limit) return;
    for (const [key, value] of held) if (endsAt(value) < this.now()) held.delete(key);
    for (const key of held.keys()) {
      if (held.size < limit) return;
      held.delete(key);
    }
  }
}

const keyOf = (token: string): string => hex(sha256(new TextEncoder().encode(token)));
