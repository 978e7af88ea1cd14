import { equal, field, isSalusError } from '@salus/base';
import { certifiedKey } from '@salus/schemes/keyless';
import { z } from 'zod';
import { contract } from '../contract.ts';
import { addDevice, ownDevices, revokeDevices } from '../devices.ts';
import { need, needAccount } from '../need.ts';
import { accountKey } from '../state/account.ts';
import { deviceKey, newDeviceSchema } from '../state/device.ts';
import { STORAGE_KEY } from '../state/storageKey.ts';

/**
 * The operator names the key under which pieces are tagged, and the node's own device, which from then on says what lies
 * where. An earlier device of the node is revoked; what was committed under an earlier key is no longer audited.
 */
export const storageKey = contract({
  body: z.strictObject({
    certificate: field.bytes(96),
    registrar: field.bytes(96),
    alphaKey: field.bytes(96),
    commitmentKey: field.bytes(32),
    device: newDeviceSchema,
  }),
  signer: { roles: ['operator'] },
  apply({ state, account, device, height, body: { device: node, ...keys } }) {
    need(isSound(keys.certificate, keys.registrar) && isSound(keys.alphaKey, keys.registrar), 'storage-key-unsound');
    const before = needAccount(state, account);
    const held = state.get(deviceKey(account, node.id));
    const stays = held?.kind === 'node' && held.revokedAt === 0 && equal(held.key, node.key);
    const old = ownDevices(state, account, before).filter(
      ({ id, value }) => value.kind === 'node' && !(stays && id === node.id),
    );
    const revoked = revokeDevices(account, before, old, height);
    const added = stays
      ? { account: revoked.account, writes: [] }
      : addDevice(state, account, revoked.account, node, 'node', { addedBy: device, height });
    const version = (state.get(STORAGE_KEY)?.version ?? 0) + 1;
    return {
      writes: [
        [accountKey(account), added.account],
        ...revoked.writes,
        ...added.writes,
        [STORAGE_KEY, { version, ...keys, account, device: node.id }],
      ],
      concerns: [],
    };
  },
});

/** Whether both are points of G2: a key can be derived from them. */
function isSound(certificate: Uint8Array, registrar: Uint8Array): boolean {
  try {
    return certifiedKey(certificate, '', registrar).length > 0;
  } catch (thrown) {
    if (isSalusError(thrown)) return false;
    throw thrown;
  }
}
