import { z } from 'zod';
import { contract } from '../contract.ts';
import { addDevice } from '../devices.ts';
import { needAccount } from '../need.ts';
import { accountKey } from '../state/account.ts';
import { newDeviceSchema } from '../state/device.ts';

/** A device, or the sign-in device of the keyring, adds another. The only operation a sign-in device signs. */
export const deviceAdd = contract({
  body: z.strictObject({ device: newDeviceSchema }),
  signer: { statuses: ['active', 'waiting'], kinds: ['device', 'sign-in'] },
  apply({ state, account, device, height, body }) {
    const before = needAccount(state, account);
    const added = addDevice(state, account, before, body.device, 'device', { addedBy: device, height });
    return { writes: [[accountKey(account), added.account], ...added.writes], concerns: [] };
  },
});
