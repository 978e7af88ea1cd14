import type { AccountId, DeviceId } from '@salus/base';
import type { Effect } from './contract.ts';
import { need } from './need.ts';
import { type Account, DEVICES_EVER_LIMIT, DEVICES_LIMIT } from './state/account.ts';
import { type Device, type DeviceKind, deviceKey, type NewDevice } from './state/device.ts';
import type { StateReader } from './state/reader.ts';

/** A device of the account at hand. */
export interface OwnDevice {
  id: DeviceId;
  value: Device;
}

interface Change {
  account: Account;
  writes: Effect['writes'];
}

/** The account's unrevoked devices. At most `DEVICES_LIMIT` reads. */
export const ownDevices = (state: StateReader, id: AccountId, account: Account): OwnDevice[] =>
  account.devices.map((device) => ({ id: device, value: state.get(deviceKey(id, device))! }));

/** Adds a device. Rejects with `device-exists` (an id is used once, also after revocation), `device-limit`. */
export function addDevice(
  state: StateReader,
  id: AccountId,
  account: Account,
  device: NewDevice,
  kind: DeviceKind,
  by: { addedBy: DeviceId; height: number },
): Change {
  need(!state.get(deviceKey(id, device.id)), 'device-exists', { device: device.id });
  need(account.devices.length < DEVICES_LIMIT, 'device-limit', { limit: DEVICES_LIMIT });
  need(account.devicesEver < DEVICES_EVER_LIMIT, 'device-limit', { limit: DEVICES_EVER_LIMIT });
  const value: Device = { key: device.key, kind, addedBy: by.addedBy, addedAt: by.height, revokedAt: 0 };
  return {
    account: { ...account, devices: [...account.devices, device.id], devicesEver: account.devicesEver + 1 },
    writes: [[deviceKey(id, device.id), value]],
  };
}

/** Marks devices revoked and takes them off the account's list. */
export function revokeDevices(id: AccountId, account: Account, devices: OwnDevice[], height: number): Change {
  const gone = new Set(devices.map((device) => device.id));
  return {
    account: { ...account, devices: account.devices.filter((device) => !gone.has(device)) },
    writes: devices.map(({ id: device, value }) => [deviceKey(id, device), { ...value, revokedAt: height }]),
  };
}

/**
 * Whether a device descends from another through additions made at or after a height. Heights only fall on the way up,
 * so the walk ends at the first older addition; it is bounded by the devices the account ever had.
 */
export function addedThrough(
  state: StateReader,
  id: AccountId,
  device: OwnDevice,
  ancestor: DeviceId,
  since: number,
): boolean {
  let at: OwnDevice = device;
  for (let steps = 0; steps < DEVICES_EVER_LIMIT && at.value.addedAt >= since; steps++) {
    const { addedBy } = at.value;
    if (addedBy === at.id) return false;
    if (addedBy === ancestor) return true;
    at = { id: addedBy, value: state.get(deviceKey(id, addedBy))! };
  }
  return false;
}
