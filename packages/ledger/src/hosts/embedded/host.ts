import type { AccountId, Bytes, OperationId } from '@salus/base';
import { apply, parseOperation, type StateKey, type StateValue, verifyOperation } from '@salus/contracts';
import { consistencyPath, joinPath, type SubtreeReader } from '@salus/schemes/keyless';
import type { FinishedDraft } from '../../block/draft.ts';
import { type Header, parseHeader } from '../../block/header.ts';
import { ledgerError } from '../../errors.ts';
import type { CommittedBlock, EmbeddedLedger, LedgerEntry, ProvenEntries, Receipt } from '../../ledger.ts';
import { proveInclusion } from '../../log/proof.ts';
import { proveKey } from '../../tree/proof.ts';
import { backUp } from './backup.ts';
import type { BlockLog } from './blockLog.ts';
import { type Chain, decodeStored } from './chain.ts';
import { Proposer, type Validator } from './proposer.ts';

/** Keys proven, events and state entries listed in one answer: what an answer of a few hundred kilobytes holds. */
const PROVEN_LIMIT = 1_000;
const EVENTS_LIMIT = 200;
const LIST_LIMIT = 1_000;

/** One process, one validator, one directory. */
export class EmbeddedHost implements EmbeddedLedger {
  readonly genesisBytes: Bytes;
  readonly #chain: Chain;
  readonly #log: BlockLog;
  readonly #proposer: Proposer;
  readonly #validator: Validator;
  readonly #listeners = new Set<(block: CommittedBlock) => void>();

  constructor(chain: Chain, log: BlockLog, validator: Validator, genesisBytes: Bytes) {
    this.genesisBytes = genesisBytes;
    this.#chain = chain;
    this.#log = log;
    this.#validator = validator;
    this.#proposer = new Proposer(chain, log, validator, (draft, receipts) => this.#announce(draft, receipts));
  }

  /** Writes the first block where there is none. */
  async begin(): Promise<this> {
    if (this.#chain.tip.height === 0) await this.#proposer.writeEmpty();
    return this;
  }

  get genesis() {
    return this.#chain.trust.genesis;
  }

  get network(): Bytes {
    return this.#chain.network;
  }

  submit(operation: Bytes): Promise<Receipt> {
    return this.#proposer.submit(operation);
  }

  async recheck(bytes: Bytes): Promise<void> {
    const signed = parseOperation(bytes);
    const { state, network, tip } = this.#chain;
    const unsigned = await verifyOperation(state, signed);
    if (unsigned) throw unsigned;
    const time = Math.max(tip.time + 1, this.#validator.now());
    const { rejected } = apply(state, signed, { network, height: tip.height + 1, time });
    if (rejected) throw rejected;
  }

  get<Value extends StateValue>(key: StateKey<Value>): Value | undefined {
    return this.#chain.state.get(key);
  }

  list(prefix: string, after: string, limit: number): { key: string; value: StateValue }[] {
    const found = this.#chain.store.list(prefix, after, Math.min(limit, LIST_LIMIT));
    return Array.from(found, ({ key, value }) => ({ key, value: decodeStored(key, value) }));
  }

  async prove(keys: readonly string[]): Promise<ProvenEntries> {
    if (keys.length > PROVEN_LIMIT) throw ledgerError('ledger-keys', { limit: PROVEN_LIMIT });
    while (this.#chain.committing) await this.#chain.committing;
    const { store, pages } = this.#chain;
    const entries = keys.map((key) => ({ key, value: store.value(key) ?? null, proof: proveKey(pages, key) }));
    return { header: this.header(), entries };
  }

  header(): Bytes;
  header(height: number): Bytes | undefined;
  header(height = this.#chain.tip.height): Bytes | undefined {
    return this.#chain.store.block(height)?.header;
  }

  head(): Header {
    return parseHeader(this.header()).header;
  }

  async inclusion(id: OperationId): Promise<{ header: Bytes; proof: Bytes } | undefined> {
    const logIndex = this.#chain.store.logIndexOf(id);
    if (logIndex === undefined) return undefined;
    return { header: this.header(), proof: proveInclusion(this.#logNodes, logIndex, this.#chain.tip.log.size) };
  }

  async consistency(from: number): Promise<{ header: Bytes; path: Bytes }> {
    const size = this.#chain.tip.log.size;
    return { header: this.header(), path: joinPath(consistencyPath(this.#logNodes, Math.min(from, size), size)) };
  }

  readonly #logNodes: SubtreeReader = (level, index) => this.#chain.store.logNode(level, index);

  operation(id: OperationId): LedgerEntry | undefined {
    const logIndex = this.#chain.store.logIndexOf(id);
    return logIndex === undefined ? undefined : this.#entry(logIndex);
  }

  events(account: AccountId, from: number, limit: number): LedgerEntry[] {
    const places = this.#chain.store.events(account, from, Math.min(limit, EVENTS_LIMIT));
    return places.map((logIndex) => this.#entry(logIndex));
  }

  #entry(logIndex: number): LedgerEntry {
    const { offset, length, ...receipt } = this.#chain.store.operation(logIndex);
    const bytes = this.#log.read({ offset, length });
    return { ...receipt, bytes, signed: parseOperation(bytes) };
  }

  subscribe(listener: (block: CommittedBlock) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #announce({ header, operations }: FinishedDraft, receipts: Receipt[]): void {
    if (this.#listeners.size === 0) return;
    const entries = operations.map(({ signed, events }, i) => {
      return { ...receipts[i]!, bytes: signed.bytes, signed, accounts: events.map(({ account }) => account) };
    });
    for (const listener of this.#listeners) {
      try {
        listener({ header, operations: entries });
      } catch (bug) {
        // The block stands whatever a listener does; its mistake must still not pass unseen.
        queueMicrotask(() => {
          throw bug;
        });
      }
    }
  }

  async *blocks(from: number): AsyncGenerator<Bytes> {
    const last = this.#chain.tip.height;
    for (let height = Math.max(from, 1); height <= last; height++)
      yield this.#log.read(this.#chain.store.block(height)!.extent);
  }

  backup(directory: string): Promise<void> {
    return backUp(this.#log, directory);
  }

  async close(): Promise<void> {
    await this.#proposer.close();
    await this.#chain.store.close();
    await this.#log.close();
  }
}
