import { z } from 'zod';
import { contract } from '../contract.ts';
import { addDevice, ownDevices, revokeDevices } from '../devices.ts';
import { needPossession, publicKeyFields } from '../keys.ts';
import { needAccount } from '../need.ts';
import { accountKey } from '../state/account.ts';
import { newDeviceSchema } from '../state/device.ts';

/** New keys from a new root, and with them a new sign-in device: what a person does after losing a device. */
export const accountRotate = contract({
  body: z.strictObject({ ...publicKeyFields, signIn: newDeviceSchema }),
  signer: { statuses: ['active', 'waiting'] },
  apply({ state, account, device, height, network, body }) {
    const { A, B, boxKey, signIn } = body;
    needPossession(network, account, body);
    const before = needAccount(state, account);
    const old = ownDevices(state, account, before).filter(({ value }) => value.kind === 'sign-in');
    const revoked = revokeDevices(account, before, old, height);
    const added = addDevice(state, account, revoked.account, signIn, 'sign-in', { addedBy: device, height });
    const rotated = { ...added.account, A, B, boxKey, keysVersion: before.keysVersion + 1 };
    return { writes: [[accountKey(account), rotated], ...revoked.writes, ...added.writes], concerns: [] };
  },
});
