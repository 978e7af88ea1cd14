import type { AccountId, Bytes, OperationId, TimeMs } from '@salus/base';
import type { Genesis, SignedOperation, StateKey, StateValue } from '@salus/contracts';
import type { Header } from './block/header.ts';

/** Where an accepted operation stands. */
export interface Receipt {
  height: number;
  /** Place in its block. */
  index: number;
  /** Place in the log of all operations. */
  logIndex: number;
  hash: Bytes;
  /** Its block's time. */
  time: TimeMs;
}

/** An operation that the ledger holds. */
export interface LedgerEntry extends Receipt {
  /** The wire form. */
  bytes: Bytes;
  signed: SignedOperation;
}

/** Values with proofs against one header, in wire forms (spec/ledger.md). */
export interface ProvenEntries {
  /** Signed header. */
  header: Bytes;
  /** `value` is null where the key is proven absent. */
  entries: { key: string; value: Bytes | null; proof: Bytes }[];
}

/** A block that has just been committed. */
export interface CommittedBlock {
  header: Header;
  /** With the accounts whose event chains each extended. */
  operations: (LedgerEntry & { accounts: readonly AccountId[] })[];
}

/** The ledger as a node sees it. Reads answer from the newest block. */
export interface EmbeddedLedger {
  readonly genesis: Genesis;
  readonly genesisBytes: Bytes;
  /** Genesis hash. */
  readonly network: Bytes;

  /**
   * Resolves when the operation is on disk. The same operation again gives the same receipt. Throws the contracts'
   * rejection, `encoding-*`, `ledger-busy`, `ledger-stopped`.
   */
  submit(operation: Bytes): Promise<Receipt>;
  /** Judges an operation once more against the newest state, whether or not the ledger holds it. Throws the rejection; writes nothing. */
  recheck(operation: Bytes): Promise<void>;

  get<Value extends StateValue>(key: StateKey<Value>): Value | undefined;
  /** State entries under a prefix (`request/`), in the order of keys, after the key `after` ("" for the first). At most 1,000. */
  list(prefix: string, after: string, limit: number): { key: string; value: StateValue }[];
  /** Values or absences with proofs against the newest header. Throws `ledger-keys` above 1,000: more than the 500 records of one read. */
  prove(keys: readonly string[]): Promise<ProvenEntries>;

  /** Signed header in wire form: of a height, or the newest. Undefined above the newest. */
  header(): Bytes;
  header(height: number): Bytes | undefined;
  /** The newest header, read. */
  head(): Header;
  /** Proof that an operation stands in the log, against the newest header. Undefined where it does not. */
  inclusion(id: OperationId): Promise<{ header: Bytes; proof: Bytes } | undefined>;
  /** Proof that the log of `from` operations is a prefix of the newest header's. */
  consistency(from: number): Promise<{ header: Bytes; path: Bytes }>;

  operation(id: OperationId): LedgerEntry | undefined;
  /** Operations of an account's event chain in order, from event number `from` (the first is 0). At most 200. */
  events(account: AccountId, from: number, limit: number): LedgerEntry[];

  /** Calls the listener after each block, in order. Returns how to stop. A listener that throws is our bug. */
  subscribe(listener: (block: CommittedBlock) => void): () => void;
  /** Blocks in wire form from a height up to the newest at the time of the call. */
  blocks(from: number): AsyncIterable<Bytes>;
  /** Copies genesis and block log, as of the newest block, to a new directory that `openEmbeddedLedger` takes. */
  backup(directory: string): Promise<void>;
  /** Finishes what is in flight and closes. */
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Made where absent. One process at a time. */
  directory: string;
  genesisBytes: Bytes;
  /** 32-byte seed of a validator that the genesis names. */
  validatorKey: Bytes;
  now: () => TimeMs;
}
