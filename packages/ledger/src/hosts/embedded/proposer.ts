import { type Bytes, equal, hex, type TimeMs } from '@salus/base';
import { contractError, parseOperation, type Rejection, type SignedOperation, verifyOperation } from '@salus/contracts';
import type { SigningKey } from '@salus/schemes/keyless';
import { BLOCK_FILL_BYTES, BLOCK_OPERATIONS_LIMIT, encodeBlock } from '../../block/block.ts';
import { BlockDraft, type FinishedDraft } from '../../block/draft.ts';
import { signHeader } from '../../block/header.ts';
import { ledgerError } from '../../errors.ts';
import type { Receipt } from '../../ledger.ts';
import type { BlockLog } from './blockLog.ts';
import type { Chain } from './chain.ts';

/** At most so many operations between arrival and acknowledgement: some seconds of work; later ones are told to come again. */
export const WAITING_LIMIT = 10_000;

/** The validator that signs blocks, and its clock. */
export interface Validator {
  id: string;
  key: SigningKey;
  now: () => TimeMs;
}

interface Waiting {
  signed: SignedOperation;
  /** The signature, being checked since the operation arrived, beside others and beside the block before. */
  verdict: Promise<Rejection | undefined>;
  accept(receipt: Receipt): void;
  refuse(reason: unknown): void;
}

/** Takes operations, and makes blocks of whatever has arrived while the block before was being written. */
export class Proposer {
  readonly #chain: Chain;
  readonly #log: BlockLog;
  readonly #validator: Validator;
  readonly #announce: (draft: FinishedDraft, receipts: Receipt[]) => void;
  readonly #inFlight = new Map<string, Promise<Receipt>>();
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #stopped: string | undefined;

  constructor(
    chain: Chain,
    log: BlockLog,
    validator: Validator,
    announce: (draft: FinishedDraft, receipts: Receipt[]) => void,
  ) {
    this.#chain = chain;
    this.#log = log;
    this.#validator = validator;
    this.#announce = announce;
  }

  /** See `EmbeddedLedger.submit`. */
  async submit(bytes: Bytes): Promise<Receipt> {
    // The caller may use its buffer again before the block is written.
    const signed = parseOperation(bytes.slice());
    const name = hex(signed.hash);
    const running = this.#inFlight.get(name);
    if (running) return running;
    if (this.#inFlight.size >= WAITING_LIMIT) throw ledgerError('ledger-busy', { limit: WAITING_LIMIT });
    const receipt = this.#take(signed).finally(() => this.#inFlight.delete(name));
    this.#inFlight.set(name, receipt);
    return receipt;
  }

  async #take(signed: SignedOperation): Promise<Receipt> {
    const held = this.#held(signed);
    if (held) return held;
    if (this.#stopped) throw ledgerError('ledger-stopped', { why: this.#stopped });
    return new Promise((accept, refuse) => {
      const verdict = verifyOperation(this.#chain.state, signed);
      // Looked at when its turn comes; until then nobody else would.
      verdict.catch(() => {});
      this.#queue.push({ signed, verdict, accept, refuse });
      this.#running ??= this.#run();
    });
  }

  #held({ operation, hash }: SignedOperation): Receipt | undefined {
    const { store } = this.#chain;
    const logIndex = store.logIndexOf(operation.id);
    if (logIndex === undefined) return undefined;
    const { offset, length, ...receipt } = store.operation(logIndex);
    if (!equal(receipt.hash, hash)) throw contractError('operation-id-used', { id: operation.id });
    return receipt;
  }

  async #run(): Promise<void> {
    try {
      while (this.#queue.length > 0) await this.#nextBlock(this.#nextBatch());
    } finally {
      this.#running = undefined;
    }
  }

  #nextBatch(): Waiting[] {
    let [count, bytes] = [0, 0];
    while (count < Math.min(this.#queue.length, BLOCK_OPERATIONS_LIMIT) && bytes < BLOCK_FILL_BYTES)
      bytes += this.#queue[count++]!.signed.bytes.length;
    return this.#queue.splice(0, count);
  }

  async #nextBlock(batch: Waiting[]): Promise<void> {
    const draft = this.#draft();
    const admitted: Waiting[] = [];
    for (const waiting of batch) {
      const rejection = await this.#admit(draft, waiting);
      if (rejection) waiting.refuse(rejection);
      else admitted.push(waiting);
    }
    if (admitted.length === 0) return;
    try {
      const receipts = await this.#write(draft);
      for (const [i, waiting] of admitted.entries()) waiting.accept(receipts[i]!);
    } catch (thrown) {
      this.#stop(thrown instanceof Error ? thrown.message : 'its disk failed', admitted);
    }
  }

  async #admit(draft: BlockDraft, { signed, verdict }: Waiting): Promise<unknown> {
    try {
      const early = await verdict;
      // A device that was unknown on arrival may have been added by an operation before this one.
      const rejection = early?.code === 'signer-unknown' ? await verifyOperation(draft, signed) : early;
      return rejection ?? draft.admit(signed);
    } catch (thrown) {
      return thrown;
    }
  }

  /** Block time never goes back, whatever the clock does. */
  #draft(): BlockDraft {
    return new BlockDraft(this.#chain, Math.max(this.#chain.tip.time + 1, this.#validator.now()));
  }

  async #write(draft: BlockDraft): Promise<Receipt[]> {
    const finished = draft.finish(this.#validator.id);
    const header = await signHeader(finished.header, this.#validator.key);
    const operations = finished.operations.map(({ signed }) => signed.bytes);
    const extent = await this.#log.append(encodeBlock({ header, operations }));
    await this.#chain.commit(finished, { header, extent });
    const { height, time, logSize } = finished.header;
    const receipts = finished.operations.map(({ signed }, index) => {
      return { height, time, index, logIndex: logSize - operations.length + index, hash: signed.hash };
    });
    this.#announce(finished, receipts);
    return receipts;
  }

  // Whether the block that failed is on disk is not known here; the next start finds out.
  #stop(why: string, batch: readonly Waiting[]): void {
    this.#stopped = why;
    for (const waiting of [...batch, ...this.#queue]) waiting.refuse(ledgerError('ledger-stopped', { why }));
    this.#queue = [];
  }

  /** Writes a block without operations: the first, so that there is always a signed header to prove against. */
  async writeEmpty(): Promise<void> {
    await this.#write(this.#draft());
  }

  /** Takes nothing more and resolves when what was taken is answered. */
  async close(): Promise<void> {
    this.#stopped ??= 'it is closed';
    await Promise.allSettled(this.#inFlight.values());
  }
}
