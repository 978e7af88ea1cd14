import { type Bytes, encodeCanonical, type OperationId, type TimeMs } from '@salus/base';
import {
  apply,
  contractError,
  type EventLink,
  type Rejection,
  type SignedOperation,
  type StateKey,
  type StateReader,
  type StateValue,
} from '@salus/contracts';
import { leafHash, type MerkleFrontier, merkleRootOf } from '@salus/schemes/keyless';
import { appendToLog, type LogNode } from '../log/append.ts';
import { keyHash, valueHash } from '../tree/hash.ts';
import type { Page } from '../tree/page.ts';
import { type PageReader, updateTree } from '../tree/tree.ts';
import type { Header } from './header.ts';

/** The end of the chain so far. */
export interface Tip {
  height: number;
  time: TimeMs;
  /** Hash of the newest header; the genesis hash before the first. */
  hash: Bytes;
  stateRoot: Bytes;
  log: MerkleFrontier;
}

/** What the next block builds upon. */
export interface Ground {
  network: Bytes;
  tip: Tip;
  state: StateReader;
  pages: PageReader;
  /** Whether an operation with the id stands in the chain. */
  holds(id: OperationId): boolean;
}

/** An operation that the block takes. */
export interface Admitted {
  signed: SignedOperation;
  events: readonly EventLink[];
}

/** All that a block changes. */
export interface FinishedDraft {
  header: Header;
  operations: readonly Admitted[];
  values: ReadonlyMap<string, StateValue>;
  encoded: ReadonlyMap<string, Bytes>;
  pages: ReadonlyMap<string, Page>;
  logNodes: readonly LogNode[];
  log: MerkleFrontier;
}

/**
 * The next block while it is made, the same for who proposes it and for who checks it. Operations see the writes of those
 * before them. Nothing outside is changed.
 */
export class BlockDraft implements StateReader {
  readonly #ground: Ground;
  readonly #time: TimeMs;
  readonly #values = new Map<string, StateValue>();
  readonly #ids = new Set<OperationId>();
  readonly #operations: Admitted[] = [];

  constructor(ground: Ground, time: TimeMs) {
    this.#ground = ground;
    this.#time = time;
  }

  get<Value extends StateValue>(key: StateKey<Value>): Value | undefined {
    return (this.#values.get(key) as Value | undefined) ?? this.#ground.state.get(key);
  }

  get count(): number {
    return this.#operations.length;
  }

  /** Judges an operation whose signature holds, and takes it unless it is rejected. */
  admit(signed: SignedOperation): Rejection | undefined {
    const { id } = signed.operation;
    if (this.#ids.has(id) || this.#ground.holds(id)) return contractError('operation-id-used', { id });
    const { network, tip } = this.#ground;
    const outcome = apply(this, signed, { network, height: tip.height + 1, time: this.#time });
    if (outcome.rejected) return outcome.rejected;
    for (const [key, value] of outcome.writes) this.#values.set(key, value);
    this.#ids.add(id);
    this.#operations.push({ signed, events: outcome.events });
    return undefined;
  }

  /** Computes roots and header. The cost is the tree's: some hashes per key written. */
  finish(proposer: string): FinishedDraft {
    const { network, tip, pages } = this.#ground;
    const encoded = new Map<string, Bytes>();
    for (const [key, value] of this.#values) encoded.set(key, encodeCanonical(value));
    const leaves = Array.from(encoded, ([key, value]) => ({ key: keyHash(key), value: valueHash(value) }));
    const tree = updateTree(pages, leaves);
    const hashes = this.#operations.map(({ signed }) => signed.hash);
    const log = tip.log.clone();
    const logNodes = hashes.flatMap((hash) => appendToLog(log, leafHash(hash)));
    const header: Header = {
      v: 1,
      network,
      height: tip.height + 1,
      time: this.#time,
      previous: tip.hash,
      operationsRoot: merkleRootOf(hashes),
      count: hashes.length,
      stateRoot: tree.root,
      logRoot: log.root(),
      logSize: log.size,
      proposer,
    };
    return { header, operations: this.#operations, values: this.#values, encoded, pages: tree.pages, logNodes, log };
  }
}

/** The tip after a block. */
export const tipAfter = (draft: FinishedDraft, hash: Bytes): Tip => {
  const { height, time, stateRoot } = draft.header;
  return { height, time, hash, stateRoot, log: draft.log };
};
