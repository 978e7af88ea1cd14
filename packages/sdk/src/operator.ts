import type { AccountId, RequestId } from '@salus/base';
import { withReason } from './access.ts';
import type { Device } from './device.ts';
import { openProfile, type Profile } from './profile.ts';

/** An account as the operator sees it. */
export interface ListedAccount {
  account: AccountId;
  role: string;
  status: string;
  number: string;
  registeredAt: number;
  /** Undefined where the sealed profile does not open: something to ask about, not to activate. */
  profile: Profile | undefined;
}

export interface AccountFilter {
  status?: 'waiting' | 'active' | 'rejected' | 'suspended';
  role?: 'patient' | 'doctor' | 'institute';
  account?: AccountId;
}

/** Accounts by status, role or id, with their profiles opened on this device. */
export async function* listAccounts(device: Device, filter: AccountFilter = {}): AsyncGenerator<ListedAccount> {
  const keys = device.keys(1)!;
  for (let after: string | undefined; ; ) {
    const { accounts, next } = await device.client.call('listAccounts', { ...filter, after });
    for (const { registrarBox, ...account } of accounts) {
      yield { ...account, profile: registrarBox && (await openProfile(keys, registrarBox, account.account)) };
    }
    if (next === null) return;
    after = next;
  }
}

export const activate = (device: Device, account: AccountId) => device.submit('account.activate', { account });

export const rejectAccount = (device: Device, account: AccountId, reason: string) =>
  withReason(device, account, reason, (commitment, letters, id) =>
    device.submit('account.reject', { account, reason: commitment }, letters, id),
  );

export const suspend = (device: Device, account: AccountId, reason: string) =>
  withReason(device, account, reason, (commitment, letters, id) =>
    device.submit('account.suspend', { account, reason: commitment }, letters, id),
  );

export const resumeAccount = (device: Device, account: AccountId) => device.submit('account.resume', { account });

export const verifyRequest = (device: Device, request: RequestId) => device.submit('request.verify', { request });
