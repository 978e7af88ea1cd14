import type { AccountId, Bytes } from '@salus/base';
import type { EventChain, StateKey, StateValue } from '@salus/contracts';
import { checkHeader, type Header, parseHeader, type TrustedGenesis } from '../block/header.ts';
import type { ProvenEntries } from '../ledger.ts';

/** The header, of the trusted network and signed by a validator of it. Throws `encoding-*`, `proof-refused`. */
export async function verifyHeader(bytes: Bytes, trust: TrustedGenesis): Promise<Header> {
  const signed = parseHeader(bytes);
  await checkHeader(signed, trust);
  return signed.header;
}

/** Throws `proof-refused` unless the state under the header holds exactly this value at the key; null claims absence. */
export declare function verifyStateProof(header: Header, key: string, value: Bytes | null, proof: Bytes): void;

/** Values that have been proven under one header. */
export interface ProvenState {
  header: Header;
  /** The value, or undefined where the key is proven absent. Asking for a key that was not proven is our bug. */
  get<Value extends StateValue>(key: StateKey<Value>): Value | undefined;
}

/** Checks a whole answer of the ledger's `prove`: header and every entry. Throws `encoding-*`, `proof-refused`. */
export declare function verifyEntries(answer: ProvenEntries, trust: TrustedGenesis): Promise<ProvenState>;

/** Place in the log of an operation (wire form) that the header covers. Throws `proof-refused`. */
export declare function verifyInclusionProof(header: Header, operation: Bytes, proof: Bytes): number;

/** Throws `proof-refused` unless the newer header's log continues the older one's. */
export declare function verifyConsistency(older: Header, newer: Header, path: Bytes): void;

/**
 * Throws `proof-refused` unless the operations (wire forms, in order) are everything that concerns the account up to the
 * header, after `from` (nothing where absent). `entry` is the proven `events/<account>` entry. Returns the chain's new end.
 */
export declare function verifyEventChain(
  header: Header,
  account: AccountId,
  operations: readonly Bytes[],
  entry: { value: Bytes | null; proof: Bytes },
  from?: EventChain,
): EventChain;
