import type { Device } from './device.ts';

/** State of the clouds; `repairClouds` looks at every piece and rebuilds what is missing or damaged. */
export const cloudStatus = (device: Device) => device.client.call('cloudStatus', {});

export const repairClouds = (device: Device, scan = true) => device.client.call('repairClouds', { scan });

/** Takes a store in, described as an entry of `stores` in node.json. Throws `store-config`, `store-known`, or its failure. */
export const addStore = (device: Device, store: Record<string, unknown>) => device.client.call('addStore', { store });

/** Says how much of what is new a store is given: `placement` of docs/operate/clouds.md. Throws `store-config`, `stores-too-few`. */
export const placeStore = (device: Device, name: string, placement: Record<string, unknown>) =>
  device.client.call('placeStore', { name, placement });

/** Ends to empty a store: it takes pieces again. */
export const keepStore = (device: Device, name: string) => device.client.call('drainStore', { name, draining: false });

/**
 * Empties a store and tells how far it is. The node goes on by itself, whether or not this is listened to. Throws
 * `store-unknown`, `stores-too-few`.
 */
export async function* drainStore(device: Device, name: string) {
  await device.client.call('drainStore', { name, draining: true });
  for (;;) {
    const step = await device.client.call('drainStep', { name });
    yield step;
    if (step.left === 0 || step.moved === 0) return;
  }
}

/** Forgets a store that is empty, or `lost` for good. Throws `store-in-use`, `stores-too-few`. */
export const removeStore = (device: Device, name: string, lost = false) =>
  device.client.call('removeStore', { name, lost });
