import { initPairing } from '@salus/schemes/keyless';
import { Client } from './client.ts';
import { Device, type Surroundings } from './device.ts';
import { loadIdentity } from './identity.ts';
import { keepUp } from './restoring.ts';
import { Trust } from './trust.ts';

/**
 * The device of a profile that is signed in. Throws `not-signed-in`, `network-changed`, `ledger-restored`, and `proof-refused` or
 * `answer-dishonest` where the ledger does not continue the one that this profile saw last.
 */
export async function resume({ node, store, random, now }: Surroundings): Promise<Device> {
  await initPairing();
  const identity = await loadIdentity(store);
  const client = new Client(node);
  const trust = await Trust.of(client, store);
  await trust.meet(client);
  const device = new Device(client, trust, identity, store, random, now);
  device.caughtUp = await keepUp(device);
  return device;
}
