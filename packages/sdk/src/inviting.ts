import { type Bytes, decodeCanonical, encodeCanonical } from '@salus/base';
import { openSalted, sealBox, sealSalted } from '@salus/schemes/keyless';
import type { z } from 'zod';
import type { Device } from './device.ts';
import { sdkError } from './errors.ts';
import {
  checkDigits,
  type Invitation,
  invitationAad,
  invitationKey,
  invitationOf,
  KNOCK_LIMIT_BYTES,
  knockSchema,
  showInvitation,
} from './invitation.ts';

/** An invitation as this device shows it. */
export interface ShownInvitation extends Invitation {
  /** To be scanned, or typed, on the other device. */
  link: string;
  expiresAt: number;
}

/** A device that answered an invitation and is not let in yet. */
export interface Knocking {
  /** What it calls itself. */
  name: string;
  /** Six digits; let it in only where its own screen shows the same. */
  check: string;
  device: z.output<typeof knockSchema>['device'];
  boxKey: Bytes;
}

/** Begins to let another device of this person in. Ends an earlier invitation of this device. */
export async function invite(device: Device): Promise<ShownInvitation> {
  const invitation = invitationOf(device.random(32));
  const { expiresAt } = await device.client.call('invite', { invitation: invitation.id });
  return { ...invitation, link: showInvitation(device.client.origin, invitation), expiresAt };
}

/** Waits until a device answers. Throws `invitation-unknown` once it has run out, `invitation-tampered`. */
export async function awaitKnock(device: Device, invitation: Invitation): Promise<Knocking> {
  for (;;) {
    const { sealed } = await device.client.call('awaitKnock', { invitation: invitation.id });
    if (!sealed) continue;
    const opened = await openSalted(invitationKey(invitation, 'knock'), sealed, invitationAad(invitation, 'knock'));
    if (!opened) throw sdkError('invitation-tampered');
    const { device: joining, boxKey, name } = decodeCanonical('knock', opened, knockSchema, KNOCK_LIMIT_BYTES);
    return { name, check: checkDigits(invitation, opened), device: joining, boxKey };
  }
}

/**
 * Lets a device in whose six digits the person has compared: adds it on the ledger, then gives it the keyring and the
 * account code, sealed to it and under the invitation's secret.
 */
export async function letIn(device: Device, invitation: Invitation, knocking: Knocking): Promise<void> {
  const { role, email, keyring, code } = device.identity;
  await device.submit('device.add', { device: knocking.device });
  const content = encodeCanonical({ network: device.trust.network, role, email, keyring, code });
  const aad = invitationAad(invitation, 'welcome');
  const box = await sealBox(knocking.boxKey, content, aad, device.random);
  const sealed = await sealSalted(invitationKey(invitation, 'welcome'), box, aad, device.random);
  await device.client.call('welcome', { invitation: invitation.id, sealed });
}
