import { type Bytes, hex, isSalusError } from '@salus/base';
import { auditKey, auditSeed, STORAGE_KEY } from '@salus/contracts';
import { type AskedBlock, askedOf, bitmapOf, type Challenge, type ProofAnswer, parseHeader } from '@salus/ledger';
import {
  BLOCK_BYTES,
  certifiedKey,
  combineParts,
  leafHash,
  type PossessionProof,
  provePart,
  weightsOf,
} from '@salus/schemes/keyless';
import type { Selectable } from 'kysely';
import type { NodeContext } from '../context.ts';
import type { Tables } from '../database/tables.ts';
import { nodeError } from '../errors.ts';
import { batchesOf, listedBatch } from './batches.ts';
import { LEAF_BYTES, TAG_BYTES } from './tagTable.ts';

type Proving = Pick<NodeContext, 'ledger' | 'clouds' | 'placement' | 'storage' | 'genesis' | 'log'>;

// Reads of a cloud under way at once: enough that its round trips do not add up.
const READ_AHEAD = 8;
// A cloud that fails so often in a row is not asked for the rest: each might wait for its time to run out.
const FAILURES_LIMIT = READ_AHEAD;

/** What an audit asks whose nonce is known and that is not judged yet, from the ledger. Throws `audit-not-asked`, `storage-key-missing` where the key has changed since. */
export function challengeOf({ ledger, genesis }: Pick<Proving, 'ledger' | 'genesis'>, id: string): Challenge {
  const audit = ledger.get(auditKey(id));
  if (audit?.status !== 'revealed') throw nodeError('audit-not-asked', { audit: id });
  const key = ledger.get(STORAGE_KEY);
  if (key?.version !== audit.version) throw nodeError('storage-key-missing');
  const seed = auditSeed(parseHeader(ledger.header(audit.begunAt)!).hash, id, audit.nonce);
  const at = { version: audit.version, height: audit.begunAt };
  return {
    seed,
    key: { key: certifiedKey(key.certificate, genesis.organisation.name, key.registrar), alphaKey: key.alphaKey },
    clouds: audit.clouds.map((cloud) => {
      const batches = [...batchesOf(ledger, cloud)].map(([number, batch]) => listedBatch(ledger, number, batch));
      return askedOf({ seed, sample: audit.sample, at }, cloud, batches);
    }),
  };
}

/**
 * Answers an audit: one proof over all sampled blocks that the clouds gave back as they were tagged, and which ones they
 * did not. Blocks are told from what lies there by their hashes, so that one altered block does not spoil the proof of the
 * others. What is missing or altered is noted for repair. Throws `audit-not-asked`, `storage-key-missing`, `tagging-failed`,
 * `audit-given-up` where whoever asked has gone.
 */
export async function answerAudit(node: Proving, id: string, signal?: AbortSignal): Promise<ProofAnswer> {
  const { seed, clouds } = challengeOf(node, id);
  const commitment = await node.storage.commitment();
  const parts: PossessionProof[] = [];
  const missing: Bytes[] = [];
  for (const { cloud, blocks } of clouds) {
    const source = new BlockSource(node, cloud, blocks, weightsOf(seed, cloud, blocks.length), signal);
    const first = await source.held.next();
    if (!first.done) parts.push(await provePart(commitment, startingWith(first.value, source.held), seed));
    missing.push(bitmapOf(source.missing, blocks.length));
  }
  return { proof: parts.length > 0 ? combineParts(parts) : new Uint8Array(0), missing };
}

async function* startingWith<Item>(first: Item, rest: AsyncIterable<Item>): AsyncGenerator<Item> {
  yield first;
  yield* rest;
}

/** The sampled blocks of one cloud as it gives them back, some at a time. */
class BlockSource {
  /** Places in the sample that nothing was given for. */
  readonly missing = new Set<number>();
  readonly held: AsyncGenerator<{ block: Bytes; tag: Bytes; weight: bigint }>;
  #failures = 0;
  #piece: Selectable<Tables['tag']> | undefined;

  constructor(
    readonly node: Proving,
    readonly cloud: string,
    readonly blocks: readonly AskedBlock[],
    readonly weights: readonly bigint[],
    readonly signal: AbortSignal | undefined,
  ) {
    this.held = this.#read();
  }

  async *#read(): AsyncGenerator<{ block: Bytes; tag: Bytes; weight: bigint }> {
    for (let at = 0; at < this.blocks.length; at += READ_AHEAD) {
      if (this.signal?.aborted) throw nodeError('audit-given-up');
      const page = this.blocks.slice(at, at + READ_AHEAD);
      const tags: (Selectable<Tables['tag']> | undefined)[] = [];
      for (const block of page) tags.push(await this.#tagsOf(block));
      const read = await Promise.all(page.map((block, i) => this.#block(block, tags[i])));
      for (const [i, block] of read.entries()) {
        const index = page[i]!.index;
        if (!block) this.missing.add(at + i);
        else {
          const tag = tags[i]!.tags.subarray(index * TAG_BYTES, (index + 1) * TAG_BYTES);
          yield { block, tag, weight: this.weights[at + i]! };
        }
      }
    }
  }

  /** Blocks of one object lie one behind the other in a sample. */
  async #tagsOf({ root }: AskedBlock) {
    const object = hex(root);
    if (this.#piece?.object !== object) this.#piece = await this.node.storage.table.of(this.cloud, object);
    return this.#piece;
  }

  async #block({ root, index }: AskedBlock, tags: Selectable<Tables['tag']> | undefined): Promise<Bytes | undefined> {
    if (!tags || this.#failures >= FAILURES_LIMIT) return undefined;
    try {
      const part = { offset: index * BLOCK_BYTES, lengthBytes: BLOCK_BYTES };
      const block = await this.node.clouds.readPart(this.cloud, hex(root), part);
      this.#failures = 0;
      const leaf = tags.leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES);
      if (Buffer.compare(leafHash(block), leaf) === 0) return block;
      await this.#note(tags, 'damaged');
    } catch (thrown) {
      if (!isSalusError(thrown)) throw thrown;
      if (thrown.code === 'object-unknown') await this.#note(tags, 'missing');
      else this.#failures++;
    }
    return undefined;
  }

  #note({ stripe, idx, cloud, object, size_bytes }: Selectable<Tables['tag']>, state: 'missing' | 'damaged') {
    const shard = { stripe, index: idx, store: cloud, name: object, sizeBytes: size_bytes, state };
    return this.node.placement.noteStates([shard]);
  }
}
