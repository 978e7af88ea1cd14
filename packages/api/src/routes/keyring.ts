import { field } from '@salus/base';
import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { route } from '../route.ts';
import { wire } from '../wire.ts';
import { done } from './network.ts';

/** A message of the OPAQUE exchange, base64url as its library prints it. */
const opaque = () => z.string().regex(/^[A-Za-z0-9_-]{1,4096}$/);

/** The keyring as stored: the node can neither open nor guess it (cryptography section 2). */
export const keyringRecord = z.strictObject({ registration: opaque(), wrapped: wire.bytesUpTo(LIMITS.keyringBytes) });

/** `handle` is the look-up index of the e-mail address, so the node stores no address. */
export const startPassword = route({
  method: 'POST',
  path: '/keyring/registration',
  access: 'public',
  summary: 'First message of an OPAQUE registration',
  body: z.strictObject({ handle: wire.bytes(32), request: opaque() }),
  reply: z.strictObject({ response: opaque() }),
  perMinute: 30,
});

export const startLogin = route({
  method: 'POST',
  path: '/keyring/login',
  access: 'public',
  summary: 'First message of an OPAQUE login; looks alike for unknown handles',
  body: z.strictObject({ handle: wire.bytes(32), request: opaque() }),
  reply: z.strictObject({ login: field.id(), response: opaque() }),
  perMinute: 20,
});

export const finishLogin = route({
  method: 'POST',
  path: '/keyring/login/finish',
  access: 'public',
  summary: 'Last message of an OPAQUE login; gives the wrapped keyring',
  body: z.strictObject({ login: field.id(), request: opaque() }),
  reply: z.strictObject({ account: field.id(), wrapped: wire.bytesUpTo(LIMITS.keyringBytes) }),
  perMinute: 20,
});

/**
 * `replaces` is SHA-256 of the wrapped keyring being replaced (zeros for none): two devices cannot overwrite each other's.
 * The device signs what it puts there, so that a stolen session token cannot replace a keyring.
 */
export const replaceKeyring = route({
  method: 'PUT',
  path: '/keyring',
  access: 'session',
  summary: 'Replace the wrapped keyring, after a password change or a device revocation',
  body: z.strictObject({
    keyring: keyringRecord,
    replaces: wire.bytes(32),
    handle: z.optional(wire.bytes(32)),
    signature: wire.bytes(64),
  }),
  reply: done,
});
