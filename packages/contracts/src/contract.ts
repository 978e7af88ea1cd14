import type { AccountId, Bytes, DeviceId, OperationId, TimeMs } from '@salus/base';
import type { z } from 'zod';
import type { Role } from './codes.ts';
import type { AccountStatus } from './state/account.ts';
import type { DeviceKind } from './state/device.ts';
import type { StateReader, StateValue } from './state/reader.ts';

/** The block that an operation is to stand in. `time` is the only clock that contracts know. */
export interface BlockContext {
  /** Genesis hash, 32 bytes. */
  network: Bytes;
  height: number;
  time: TimeMs;
}

/** What a contract decides upon: the state before, who signed, what is asked. */
export interface Call<Body> extends BlockContext {
  state: StateReader;
  account: AccountId;
  device: DeviceId;
  /** The operation's own id. */
  operation: OperationId;
  role: Role;
  body: Body;
}

/** What an accepted operation changes. */
export interface Effect {
  writes: readonly (readonly [key: string, value: StateValue])[];
  /** Accounts whose event chains it extends, beside the signer's. */
  concerns: readonly AccountId[];
}

/** Who may sign. Checked before the contract is asked. */
export interface SignerRule {
  /** Any role where absent. */
  roles?: readonly Role[];
  /** `['active']` where absent. */
  statuses?: readonly AccountStatus[];
  /** `['device']` where absent. */
  kinds?: readonly DeviceKind[];
  /** The operation brings its own account and device: registration only. */
  newcomer?: true;
}

/** One operation: the form of its body, who may sign it, and its rule. `apply` throws the rejection. */
export interface Contract<Schema extends z.ZodType = z.ZodType> {
  body: Schema;
  signer: SignerRule;
  apply(call: Call<z.output<Schema>>): Effect;
}

/** Ties a rule's body type to its schema. */
export const contract = <Schema extends z.ZodType>(parts: Contract<Schema>): Contract<Schema> => parts;
