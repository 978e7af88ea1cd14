import { apiError } from '@salus/api';
import type { Bytes } from '@salus/base';
import { accountKey, deviceKey, type Operation, parseOperation, type SignedOperation } from '@salus/contracts';
import type { NodeContext } from './context.ts';
import { nodeError } from './errors.ts';
import type { Caller } from './sessions.ts';

/** Parses an operation and checks that the session's account signed it. */
export function operationOf<Type extends Operation['type']>(
  bytes: Bytes,
  caller: Caller,
  ...types: Type[]
): SignedOperation & { operation: Extract<Operation, { type: Type }> } {
  const signed = parseOperation(bytes);
  if (signed.operation.account !== caller.account) throw nodeError('operation-not-yours');
  if (!(types as string[]).includes(signed.operation.type))
    throw nodeError('operations-mixed', { type: signed.operation.type });
  return signed as SignedOperation & { operation: Extract<Operation, { type: Type }> };
}

/** Where an operation stands, with the proof, as the API gives it. */
export async function receiptOf(node: NodeContext, operation: string) {
  const held = node.ledger.operation(operation);
  if (!held) throw apiError('internal', { reference: 'receipt' });
  const included = await node.ledger.inclusion(operation);
  if (!included) throw apiError('internal', { reference: 'receipt' });
  await node.projection.settled();
  const { header, proof } = included;
  return { operation, height: held.height, time: held.time, header, inclusion: proof };
}

/** Submits an operation and gives its receipt. Throws the contracts' rejection. */
export async function submit(node: NodeContext, bytes: Bytes, id: string) {
  await node.ledger.submit(bytes);
  return receiptOf(node, id);
}

/** The signing key of a caller's device. Throws `session-expired` where it was revoked in between. */
export function callerKey(node: NodeContext, caller: Caller): Bytes {
  const device = node.ledger.get(deviceKey(caller.account, caller.device));
  if (!device || device.revokedAt > 0) throw apiError('session-expired');
  return device.key;
}

/** Version of an account's keys now. Throws `account-unknown`. */
export function keysVersionOf(node: NodeContext, account: string): number {
  const value = node.ledger.get(accountKey(account));
  if (!value) throw nodeError('account-unknown', { account });
  return value.keysVersion;
}
