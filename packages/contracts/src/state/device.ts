import { type AccountId, type DeviceId, field } from '@salus/base';
import { z } from 'zod';
import { type StateKey, stateKey } from './key.ts';

/** `device/<account>/<device>`: a signing key. It never changes and its id is never used again, so a signature once checked stays checked. */
export const deviceSchema = z.strictObject({
  key: field.bytes(32),
  /** A sign-in device signs `device.add` only; the node's own device says what it stores, and audits. */
  kind: z.enum(['device', 'sign-in', 'node']),
  addedBy: field.id(),
  /** Height. */
  addedAt: field.uint(),
  /** Height, or 0 while it is in use. */
  revokedAt: field.uint(),
});
export type Device = z.output<typeof deviceSchema>;
export type DeviceKind = Device['kind'];

/** How operations name a device that they add. */
export const newDeviceSchema = z.strictObject({ id: field.id(), key: field.bytes(32) });
export type NewDevice = z.output<typeof newDeviceSchema>;

export const deviceKey = (account: AccountId, device: DeviceId): StateKey<Device> =>
  stateKey(`device/${account}/${device}`);
