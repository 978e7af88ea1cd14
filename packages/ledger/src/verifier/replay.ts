import { type Bytes, isSalusError, type OperationId, type TimeMs } from '@salus/base';
import { networkOf, parseGenesis, type StateKey, type StateValue } from '@salus/contracts';
import { initPairing } from '@salus/schemes/keyless';
import type { CheckedBlock } from '../audit/storageHistory.ts';
import { parseBlock } from '../block/block.ts';
import { checkBlock } from '../block/check.ts';
import { type FinishedDraft, type Tip, tipAfter } from '../block/draft.ts';
import { beginning } from '../block/first.ts';
import type { TrustedGenesis } from '../block/header.ts';
import { ledgerError } from '../errors.ts';
import type { Page } from '../tree/page.ts';

/** What a whole history comes to. */
export interface Replayed {
  height: number;
  time: TimeMs;
  /** Hash of the last header. */
  hash: Bytes;
  stateRoot: Bytes;
  logRoot: Bytes;
  /** Number of operations. */
  logSize: number;
}

/**
 * Re-derives every block's state from the first with the contracts, checking all signatures, ids, roots and links; the
 * blocks' own words are believed in nothing. Holds the state in memory; about 1 ms per operation, proofs of possession 2 ms
 * more. Throws `block-refused`, `genesis-invalid`.
 */
export async function replay(
  genesisBytes: Bytes,
  blocks: AsyncIterable<Bytes> | Iterable<Bytes>,
  onBlock: (block: CheckedBlock) => void = () => {},
): Promise<Replayed> {
  await initPairing();
  const trust = { genesis: parseGenesis(genesisBytes), network: networkOf(genesisBytes) };
  const chain = new MemoryChain(trust);
  for await (const bytes of blocks) {
    onBlock(await chain.extend(bytes));
  }
  const { height, time, hash, stateRoot, log } = chain.tip;
  return { height, time, hash, stateRoot, logRoot: log.root(), logSize: log.size };
}

/** State, tree and ids of a chain, in memory. */
class MemoryChain {
  tip: Tip;
  readonly network: Bytes;
  readonly #trust: TrustedGenesis;
  readonly #values: Map<string, StateValue>;
  readonly #pages: Map<string, Page>;
  readonly #ids = new Set<OperationId>();

  constructor(trust: TrustedGenesis) {
    const first = beginning(trust.genesis, trust.network);
    this.network = trust.network;
    this.tip = first.tip;
    this.#trust = trust;
    this.#values = new Map(first.values);
    this.#pages = new Map(first.pages);
  }

  readonly state = {
    get: <Value extends StateValue>(key: StateKey<Value>) => this.#values.get(key) as Value | undefined,
  };
  readonly pages = (path: string) => this.#pages.get(path);
  readonly holds = (id: OperationId) => this.#ids.has(id);

  async extend(bytes: Bytes): Promise<CheckedBlock> {
    const block = this.#parse(bytes);
    const draft = await checkBlock(block, this, this.#trust);
    this.#take(draft);
    this.tip = tipAfter(draft, block.header.hash);
    const { height, time, hash } = this.tip;
    return { height, time, hash, operations: draft.operations.map(({ signed }) => signed.operation) };
  }

  #parse(bytes: Bytes) {
    try {
      return parseBlock(bytes);
    } catch (thrown) {
      if (!isSalusError(thrown)) throw thrown;
      throw ledgerError('block-refused', { height: this.tip.height + 1, why: thrown.message });
    }
  }

  #take({ values, pages, operations }: FinishedDraft): void {
    for (const [key, value] of values) this.#values.set(key, value);
    for (const [path, page] of pages) this.#pages.set(path, page);
    for (const { signed } of operations) this.#ids.add(signed.operation.id);
  }
}
