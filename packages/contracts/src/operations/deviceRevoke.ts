import { field } from '@salus/base';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { addedThrough, ownDevices, revokeDevices } from '../devices.ts';
import { need, needAccount } from '../need.ts';
import { accountKey } from '../state/account.ts';

/** Revokes a device and, where a height is named since which it is distrusted, all that was added through it from then on. */
export const deviceRevoke = contract({
  body: z.strictObject({ device: field.id(), since: field.uint() }),
  signer: { statuses: ['active', 'waiting'] },
  apply({ state, account, height, body }) {
    const { device, since } = body;
    const before = needAccount(state, account);
    need(before.devices.includes(device), 'device-unknown', { device });
    const own = ownDevices(state, account, before);
    const goes = (id: string) => id === device;
    const gone = own.filter((d) => goes(d.id) || (since > 0 && addedThrough(state, account, d, device, since)));
    const stays = own.some((d) => d.value.kind === 'device' && !gone.includes(d));
    need(stays, 'device-last');
    const revoked = revokeDevices(account, before, gone, height);
    return { writes: [[accountKey(account), revoked.account], ...revoked.writes], concerns: [] };
  },
});
