import { equal } from '@salus/base';
import { z } from 'zod';
import { roleSchema } from '../codes.ts';
import { contract } from '../contract.ts';
import { needPossession, publicKeyFields } from '../keys.ts';
import { need } from '../need.ts';
import { accountKey } from '../state/account.ts';
import { type Device, deviceKey, newDeviceSchema } from '../state/device.ts';

/** A newcomer's account: waiting until an operator activates it. Signed by the device it brings. */
export const accountRegister = contract({
  body: z.strictObject({ role: roleSchema, ...publicKeyFields, device: newDeviceSchema, signIn: newDeviceSchema }),
  signer: { newcomer: true },
  apply({ state, account, height, network, body }) {
    const { role, A, B, boxKey, device, signIn } = body;
    need(!state.get(accountKey(account)), 'account-exists', { account });
    need(role !== 'operator', 'role-refused', { role });
    need(device.id !== signIn.id && !equal(device.key, signIn.key), 'device-same');
    needPossession(network, account, body);
    const added = { addedBy: device.id, addedAt: height, revokedAt: 0 };
    const keys = { A, B, boxKey, keysVersion: 1, registeredAt: height, cutAt: 0 };
    const devices = { devices: [device.id, signIn.id], devicesEver: 2 };
    return {
      writes: [
        [accountKey(account), { role, status: 'waiting', ...keys, ...devices }],
        [deviceKey(account, device.id), { key: device.key, kind: 'device', ...added } satisfies Device],
        [deviceKey(account, signIn.id), { key: signIn.key, kind: 'sign-in', ...added } satisfies Device],
      ],
      concerns: [],
    };
  },
});
