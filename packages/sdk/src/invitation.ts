import { type Bytes, base64url, field, framed, fromBase64url } from '@salus/base';
import { BOX_KEY_BYTES, deriveKey, digest } from '@salus/schemes/keyless';
import { z } from 'zod';
import { sdkError } from './errors.ts';
import { keyringSchema } from './identity.ts';

/** What both sides derive from the secret that passes from screen to camera (spec/invitation.md). */
export interface Invitation {
  /** 32 bytes; good for five minutes and one device. */
  secret: Bytes;
  /** What the node calls it. */
  id: Bytes;
}

const SECRET_BYTES = 32;
const SECRET_DIGITS = 43;
const PATH = '/#join=';

export const invitationOf = (secret: Bytes): Invitation => ({ secret, id: digest('SALUS1/invitation', secret) });

/** The address that the other device opens. The secret stands behind the `#`, which browsers send to nobody. */
export const showInvitation = (origin: string, { secret }: Invitation): string =>
  `${origin}${PATH}${base64url(secret)}`;

/** Reads such an address, or the part behind `join=` alone. Throws `invitation-malformed`. */
export function readInvitation(shown: string): Invitation {
  const digits = shown.trim().split('join=').at(-1)!;
  if (digits.length !== SECRET_DIGITS) throw sdkError('invitation-malformed');
  let secret: Bytes;
  try {
    secret = fromBase64url(digits);
  } catch {
    throw sdkError('invitation-malformed');
  }
  if (secret.length !== SECRET_BYTES) throw sdkError('invitation-malformed');
  return invitationOf(secret);
}

/** What a new device says of itself: the keys it has just made, and what it calls itself. */
export const knockSchema = z.strictObject({
  device: z.strictObject({ id: field.id(), key: field.bytes(32) }),
  boxKey: field.bytes(BOX_KEY_BYTES),
  name: field.text(120),
});

/** What it is given when it is let in. */
export const welcomeSchema = z.strictObject({
  network: field.bytes(32),
  role: z.enum(['patient', 'doctor', 'institute', 'operator']),
  email: z.string(),
  keyring: keyringSchema,
  code: field.bytes(16),
});

export const KNOCK_LIMIT_BYTES = 4 * 1024;
export const WELCOME_LIMIT_BYTES = 66 * 1024;

/** Key of one direction: what the node passes on it can neither read nor replace. */
export const invitationKey = ({ secret }: Invitation, direction: 'knock' | 'welcome'): Bytes =>
  deriveKey(secret, 'SALUS1/invitation/key', direction);

export const invitationAad = ({ id }: Invitation, direction: 'knock' | 'welcome'): Bytes =>
  framed('SALUS1/invitation', id, direction);

/**
 * Six digits that both screens show: a person who sees the same on both knows that the device about to be let in is the
 * one in their hand, and not that of somebody who took a picture of the first screen.
 */
export function checkDigits({ secret }: Invitation, knock: Bytes): string {
  const hash = digest('SALUS1/invitation/check', secret, knock);
  const number = new DataView(hash.buffer, hash.byteOffset).getUint32(0) % 1_000_000;
  const digits = String(number).padStart(6, '0');
  return `${digits.slice(0, 3)} ${digits.slice(3)}`;
}
