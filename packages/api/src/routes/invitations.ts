import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { route } from '../route.ts';
import { wire } from '../wire.ts';
import { done } from './network.ts';

/** Names an invitation to both sides: derived from its secret, which the node never sees (spec/invitation.md). */
const invitation = () => wire.bytes(32);
const sealed = () => wire.bytesUpTo(LIMITS.invitationBytes);
/** Undefined where the other side has not come yet: asked again, the route waits again. */
const arrived = z.strictObject({ sealed: z.nullable(sealed()) });

export const invite = route({
  method: 'POST',
  path: '/invitations',
  access: 'session',
  summary: 'Begin to let another device of this account in; one at a time, for five minutes',
  body: z.strictObject({ invitation: invitation() }),
  reply: z.strictObject({ expiresAt: z.number() }),
  perMinute: 20,
});

export const knock = route({
  method: 'POST',
  path: '/invitations/knock',
  access: 'public',
  summary: 'What a new device says of itself, sealed; taken once',
  body: z.strictObject({ invitation: invitation(), sealed: sealed() }),
  reply: done,
  perMinute: 20,
});

export const awaitKnock = route({
  method: 'POST',
  path: '/invitations/knock/wait',
  access: 'session',
  summary: 'Wait for the new device; for who invited it',
  body: z.strictObject({ invitation: invitation() }),
  reply: arrived,
});

export const welcome = route({
  method: 'POST',
  path: '/invitations/welcome',
  access: 'session',
  summary: 'What the new device needs, sealed to it; for who invited it',
  body: z.strictObject({ invitation: invitation(), sealed: sealed() }),
  reply: done,
});

export const awaitWelcome = route({
  method: 'POST',
  path: '/invitations/welcome/wait',
  access: 'public',
  summary: 'Wait to be let in',
  body: z.strictObject({ invitation: invitation() }),
  reply: arrived,
  perMinute: 60,
});
