import { type Bytes, encodeCanonical } from '@salus/base';
import { lockBoxAad, lockBoxMessage, sealBox, sign, splitLock, thresholdOf } from '@salus/schemes/keyless';
import type { Device } from './device.ts';

/** The lock of one slot, and the label it is bound to. */
export interface LockShare {
  label: Bytes;
  lock: Bytes;
}

/** Shares all locks of a request among the network's keepers: one box for each, signed by this device. */
export async function sealLocks(device: Device, locks: readonly LockShare[]) {
  const { keepers } = device.trust.genesis;
  if (locks.length === 0) return [];
  const shares = locks.map(({ lock }) => splitLock(lock, thresholdOf(keepers.length), keepers.length, device.random));
  const sealer = { account: device.account, device: device.identity.device.id };
  return Promise.all(
    keepers.map(async ({ id, boxKey }, k) => {
      const content = encodeCanonical(locks.map(({ label }, i) => [label, shares[i]![k]!.value]));
      const box = await sealBox(boxKey, content, lockBoxAad(id, sealer), device.random);
      return { keeper: id, box, signature: await sign(device.identity.device.seed, lockBoxMessage(id, box)) };
    }),
  );
}
