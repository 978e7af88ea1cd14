import type { DeviceId, TimeMs } from '@salus/base';
import { accountState } from './account.ts';
import { activityOf } from './activity.ts';
import type { Device } from './device.ts';

/** A device of mine as a list shows it. */
export interface ListedDevice {
  device: DeviceId;
  /** It is this one. */
  here: boolean;
  /** It stands in the keyring: whoever logs in by password adds a device with it. */
  signIn: boolean;
  addedAt: TimeMs;
  /** Undefined for what came with the registration or a change of keys. */
  addedBy: DeviceId | undefined;
}

/** My devices that are in use, oldest first, with when and by which device each was added: from my chain, checked complete. */
export async function myDevices(device: Device): Promise<ListedDevice[]> {
  const [{ devices }, activity] = await Promise.all([accountState(device, device.account), activityOf(device)]);
  const added = new Map<DeviceId, { addedAt: TimeMs; addedBy: DeviceId | undefined }>();
  // The server's own, which an operator vouches for, signs nothing but what is stored: it is nobody's to carry about.
  const servers = new Set<DeviceId>();
  for (const { operation, time } of activity) {
    if (operation.account !== device.account) continue;
    if (operation.type === 'device.add')
      added.set(operation.body.device.id, { addedAt: time, addedBy: operation.device });
    if (operation.type === 'account.register')
      for (const { id } of [operation.body.device, operation.body.signIn])
        added.set(id, { addedAt: time, addedBy: undefined });
    if (operation.type === 'storage.key') servers.add(operation.body.device.id);
    if (operation.type === 'account.rotate') added.set(operation.body.signIn.id, { addedAt: time, addedBy: undefined });
  }
  const { identity, trust } = device;
  return devices
    .filter((id) => !servers.has(id))
    .map((id) => ({
      device: id,
      here: id === identity.device.id,
      signIn: id === identity.keyring.signIn.id,
      // The operator's first devices stand in the genesis.
      ...(added.get(id) ?? { addedAt: trust.genesis.time, addedBy: undefined }),
    }));
}
