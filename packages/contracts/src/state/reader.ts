import type { Account } from './account.ts';
import type { Assignment } from './assignment.ts';
import type { Audit } from './audit.ts';
import type { Delegation } from './delegation.ts';
import type { Device } from './device.ts';
import type { EventChain } from './events.ts';
import type { StateKey } from './key.ts';
import type { Patient } from './patient.ts';
import type { CommittedRecord } from './record.ts';
import type { Relation } from './relation.ts';
import type { AccessRequest } from './request.ts';
import type { Batch, StoredAt } from './storage.ts';
import type { StorageKey } from './storageKey.ts';

/** Any value of the state. */
export type StateValue =
  | Account
  | Assignment
  | Audit
  | Batch
  | Delegation
  | Device
  | EventChain
  | Patient
  | CommittedRecord
  | Relation
  | AccessRequest
  | StorageKey
  | StoredAt;

/** The state as contracts see it. Values are shared: nobody changes one in place. */
export interface StateReader {
  get<Value extends StateValue>(key: StateKey<Value>): Value | undefined;
}
