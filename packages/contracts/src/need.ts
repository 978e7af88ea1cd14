import type { AccountId, Facts } from '@salus/base';
import type { Role } from './codes.ts';
import { type ContractCode, contractError } from './errors.ts';
import { type Account, accountKey } from './state/account.ts';
import type { StateReader } from './state/reader.ts';

/** Rejects the operation unless the condition holds. */
export function need(condition: unknown, code: ContractCode, facts: Facts = {}): asserts condition {
  if (!condition) throw contractError(code, facts);
}

/** The account, of one of the roles if any is named. Rejects with `account-unknown`. */
export function needAccount(state: StateReader, id: AccountId, ...roles: Role[]): Account {
  const account = state.get(accountKey(id));
  const fits = account && (roles.length === 0 || roles.includes(account.role));
  need(fits, 'account-unknown', { account: id, role: roles.join(' or ') || 'person' });
  return account;
}

/** The account, active. Rejects with `account-unknown`, `account-not-active`. */
export function needActive(state: StateReader, id: AccountId, ...roles: Role[]): Account {
  const account = needAccount(state, id, ...roles);
  need(account.status === 'active', 'account-not-active', { account: id, status: account.status });
  return account;
}
