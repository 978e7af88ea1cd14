import { type AccountId, assert, type Bytes, decodeCanonical, equal } from '@salus/base';
import {
  EMPTY_CHAIN,
  type EventChain,
  eventChainSchema,
  eventsKey,
  extendChain,
  parseOperation,
  type StateKey,
  type StateValue,
  stateSchema,
} from '@salus/contracts';
import { verifyConsistency as consistencyHolds } from '@salus/schemes/keyless';
import { checkHeader, type Header, parseHeader, type TrustedGenesis } from '../block/header.ts';
import { ledgerError } from '../errors.ts';
import type { ProvenEntries } from '../ledger.ts';
import { provenIndex, splitPath } from '../log/proof.ts';
import { stateProofFault } from '../tree/proof.ts';

/** Largest value of the state: a patient's 256 readers take half of it. */
const VALUE_LIMIT_BYTES = 65_536;

const refused = (what: string, why: string) => ledgerError('proof-refused', { what, why });

/** The header, of the trusted network and signed by a validator of it. Throws `encoding-*`, `proof-refused`. About 0.1 ms. */
export async function verifyHeader(bytes: Bytes, trust: TrustedGenesis): Promise<Header> {
  const signed = parseHeader(bytes);
  await checkHeader(signed, trust);
  return signed.header;
}

/** Throws `proof-refused` unless the state under the header holds exactly this value at the key; null claims absence. */
export function verifyStateProof(
  header: Pick<Header, 'stateRoot'>,
  key: string,
  value: Bytes | null,
  proof: Bytes,
): void {
  const fault = stateProofFault(header.stateRoot, key, value, proof);
  if (fault) throw refused(`state proof of ${key}`, fault);
}

/** Values that have been proven under one header. */
export interface ProvenState {
  header: Header;
  /** The value, or undefined where the key is proven absent. Asking for a key that was not proven is our bug. */
  get<Value extends StateValue>(key: StateKey<Value>): Value | undefined;
}

/** Checks a whole answer of the ledger's `prove`: header and every entry. Throws `encoding-*`, `proof-refused`. */
export async function verifyEntries(answer: ProvenEntries, trust: TrustedGenesis): Promise<ProvenState> {
  const header = await verifyHeader(answer.header, trust);
  const values = new Map<string, StateValue | undefined>();
  for (const { key, value, proof } of answer.entries) {
    verifyStateProof(header, key, value, proof);
    values.set(key, value ? readStateValue(key, value) : undefined);
  }
  const get = <Value extends StateValue>(key: StateKey<Value>): Value | undefined => {
    assert(values.has(key), `${key} was asked for and proven`);
    return values.get(key) as Value | undefined;
  };
  return { header, get };
}

function readStateValue(key: string, value: Bytes): StateValue {
  const schema = stateSchema(key);
  if (!schema) throw refused(`state proof of ${key}`, 'no state has such keys');
  return decodeCanonical(`the value of ${key}`, value, schema, VALUE_LIMIT_BYTES);
}

/** Place in the log of an operation (wire form) that the header covers. Throws `encoding-*`, `proof-refused`. */
export function verifyInclusionProof(
  header: Pick<Header, 'logRoot' | 'logSize'>,
  operation: Bytes,
  proof: Bytes,
): number {
  const { hash, operation: parsed } = parseOperation(operation);
  const index = provenIndex(hash, header, proof);
  if (index === undefined)
    throw refused(`inclusion proof of operation ${parsed.id}`, 'it does not lead to the log root');
  return index;
}

/** Throws `proof-refused` unless the newer header's log continues the older one's. `path` is joined hashes. */
export function verifyConsistency(older: Header, newer: Header, path: Bytes): void {
  const hashes = splitPath(path);
  const holds =
    hashes !== undefined &&
    consistencyHolds(older.logSize, older.logRoot, newer.logSize, newer.logRoot, hashes) &&
    older.height <= newer.height;
  if (!holds) throw refused('consistency proof', 'the newer log does not continue the older');
}

/**
 * Throws `proof-refused` unless the operations (wire forms, in order) are everything that concerns the account up to the
 * header, after `from` (the beginning where absent). `entry` is the proven `events/<account>` entry. Returns the chain's
 * end, for the next time.
 */
export function verifyEventChain(
  header: Pick<Header, 'stateRoot'>,
  account: AccountId,
  operations: readonly Bytes[],
  entry: { value: Bytes | null; proof: Bytes },
  from: EventChain = EMPTY_CHAIN,
): EventChain {
  verifyStateProof(header, eventsKey(account), entry.value, entry.proof);
  const proven = entry.value
    ? decodeCanonical("the account's event chain", entry.value, eventChainSchema, VALUE_LIMIT_BYTES)
    : EMPTY_CHAIN;
  const chain = operations.map((bytes) => parseOperation(bytes).hash).reduce(extendChain, from);
  if (chain.count !== proven.count || !equal(chain.head, proven.head))
    throw refused(
      `list of operations of account ${account}`,
      `it has ${chain.count} of ${proven.count}, or others, or another order`,
    );
  return chain;
}
