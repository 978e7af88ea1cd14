import { type AccountId, equal } from '@salus/base';
import type { BlockContext, Call, Contract } from './contract.ts';
import { isRejection, type Rejection } from './errors.ts';
import { need, needAccount } from './need.ts';
import type { SignedOperation } from './operation.ts';
import { deviceKey } from './state/device.ts';
import { EMPTY_CHAIN, eventsKey, extendChain } from './state/events.ts';
import type { StateReader, StateValue } from './state/reader.ts';
import { contracts } from './table.ts';

/** One account's chain after the operation: the operation is its event number `count`, from 1. */
export interface EventLink {
  account: AccountId;
  count: number;
}

/** What became of an operation. State keys are written, never removed. */
export type Outcome =
  | { writes: Map<string, StateValue>; events: EventLink[]; rejected?: undefined }
  | { rejected: Rejection };

/**
 * Judges an operation whose signature holds (`verifyOperation`). Pure: the same state, operation and block give the same
 * outcome everywhere. The host sees to it that no id is used twice.
 */
export function apply(state: StateReader, signed: SignedOperation, block: BlockContext): Outcome {
  try {
    return transition(state, signed, block);
  } catch (thrown) {
    if (isRejection(thrown)) return { rejected: thrown };
    throw thrown;
  }
}

function transition(state: StateReader, signed: SignedOperation, block: BlockContext): Outcome {
  const { operation } = signed;
  const { id, account, device, body, network, type } = operation;
  need(equal(network, block.network), 'operation-network');
  const rule = contracts[type] as Contract;
  const role = checkSigner(state, signed, rule);
  const call: Call<unknown> = { state, account, device, operation: id, role, body, ...block };
  const effect = rule.apply(call);
  const writes = new Map(effect.writes);
  const events: EventLink[] = [];
  for (const concerned of new Set([account, ...effect.concerns])) {
    const chain = extendChain(state.get(eventsKey(concerned)) ?? EMPTY_CHAIN, signed.hash);
    writes.set(eventsKey(concerned), chain);
    events.push({ account: concerned, count: chain.count });
  }
  return { writes, events };
}

function checkSigner(state: StateReader, { operation }: SignedOperation, { signer }: Contract): Call<unknown>['role'] {
  const { account: id, device: deviceId, type } = operation;
  if (operation.type === 'account.register') return operation.body.role;
  const device = state.get(deviceKey(id, deviceId));
  need(device, 'signer-unknown', { account: id, device: deviceId });
  need(device.revokedAt === 0, 'signer-revoked', { device: deviceId });
  need((signer.kinds ?? ['device']).includes(device.kind), 'signer-kind', { type });
  const account = needAccount(state, id);
  const { role, status } = account;
  need((signer.statuses ?? ['active']).includes(status), 'account-not-active', { account: id, status });
  need(!signer.roles || signer.roles.includes(role), 'role-refused', { role });
  return role;
}
