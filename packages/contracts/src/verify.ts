import type { Bytes } from '@salus/base';
import { verifySignature } from '@salus/schemes/keyless';
import { contractError, type Rejection } from './errors.ts';
import { type SignedOperation, signedMessage } from './operation.ts';
import { deviceKey } from './state/device.ts';
import type { StateReader } from './state/reader.ts';

/** The key under which an operation must hold: the named device's, or the one a registration brings. */
function signingKey(state: StateReader, { operation }: SignedOperation): Bytes | undefined {
  if (operation.type === 'account.register')
    return operation.device === operation.body.device.id ? operation.body.device.key : undefined;
  return state.get(deviceKey(operation.account, operation.device))?.key;
}

/**
 * The rejection of an operation whose signature does not hold, or undefined: `signer-unknown`, `signature-invalid`.
 * Keys of devices never change, so what holds against one state holds against every later one; whether the device is still
 * in use is for `apply`. About 0.1 ms.
 */
export async function verifyOperation(state: StateReader, signed: SignedOperation): Promise<Rejection | undefined> {
  const { id, account, device } = signed.operation;
  const key = signingKey(state, signed);
  if (!key) return contractError('signer-unknown', { account, device });
  const holds = await verifySignature(key, signedMessage(signed.payload), signed.signature);
  return holds ? undefined : contractError('signature-invalid', { id });
}
