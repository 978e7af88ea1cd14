import { type Bytes, equal, type TimeMs } from '@salus/base';
import { type Genesis, networkOf, parseGenesis, type StateKey, type StateValue } from '@salus/contracts';
import {
  type Header,
  type ProvenEntries,
  type ProvenState,
  parseHeader,
  verifyConsistency,
  verifyEntries,
  verifyHeader,
  verifyInclusionProof,
} from '@salus/ledger/verifier';
import type { Client } from './client.ts';
import { sdkError } from './errors.ts';
import type { ProfileStore } from './store.ts';

const GENESIS = 'genesis';
const HEADER = 'header';

/**
 * What a device believes: the genesis it registered with, and the newest header it has seen. Everything else a node says
 * is checked against these, or it is not believed.
 */
export class Trust {
  /** The newest header seen in any answer. */
  #newest: Header | undefined;
  /** The header up to which the log has been shown to go on from all that was met before. Kept in the store. */
  #met: Header | undefined;

  private constructor(
    readonly genesisBytes: Bytes,
    readonly genesis: Genesis,
    readonly network: Bytes,
    readonly store: ProfileStore,
  ) {}

  /** Pins the node's genesis at the first meeting; later refuses another with `network-changed`. */
  static async of(client: Client, store: ProfileStore): Promise<Trust> {
    const { genesis } = await client.call('network', {});
    const pinned = await store.get(GENESIS);
    if (pinned && !equal(pinned, genesis)) throw sdkError('network-changed');
    const trust = new Trust(genesis, parseGenesis(genesis), networkOf(genesis), store);
    if (!pinned) await store.put(GENESIS, genesis);
    const seen = await store.get(HEADER);
    if (seen) trust.#met = trust.#newest = parseHeader(seen).header;
    return trust;
  }

  /**
   * Checks that the ledger now continues the one met before and the newest one seen: nothing rewritten, nothing forgotten.
   * Throws `proof-refused`, `answer-dishonest`.
   */
  async meet(client: Client): Promise<void> {
    for (const seen of new Set([this.#met, this.#newest])) {
      const { header, path } = await client.call('consistency', { from: seen?.logSize ?? 0 });
      const now = await this.header(header);
      if (seen) verifyConsistency(seen, now, path);
      this.#met = now;
      await this.store.put(HEADER, header);
    }
  }

  /** Height of the newest header seen: an answer to what is asked from here on may not be older. */
  get height(): number {
    return this.#newest?.height ?? 0;
  }

  /** Block time of the newest header seen: the clock by which periods end. */
  get time(): TimeMs {
    return this.#newest?.time ?? 0;
  }

  /**
   * A header, if it is of this network, signed by its validator, and not older than what this device saw before it asked:
   * `since`, where answers may overtake each other, and some blocks of leave where that is not known.
   */
  async header(bytes: Bytes, since = this.height - REORDERED_BLOCKS): Promise<Header> {
    const header = await verifyHeader(bytes, this);
    const seen = this.#newest;
    if (header.height < since) throw sdkError('answer-dishonest', { why: 'it is older than one seen before' });
    if (seen && header.height === seen.height && !equal(header.logRoot, seen.logRoot))
      throw sdkError('answer-dishonest', { why: 'two different blocks have one height' });
    if (!seen || header.height > seen.height) this.#newest = header;
    return header;
  }

  /** Throws unless the operation stands in the ledger. */
  async included(operation: Bytes, receipt: { header: Bytes; inclusion: Bytes }): Promise<void> {
    verifyInclusionProof(await this.header(receipt.header), operation, receipt.inclusion);
  }

  /** Values of the state at these keys, each proven, and none of them older than `since`. */
  async entries(answer: ProvenEntries, keys: readonly string[], since: number): Promise<ProvenState> {
    await this.header(answer.header, since);
    const answered = new Set(answer.entries.map(({ key }) => key));
    if (!keys.every((key) => answered.has(key))) throw sdkError('answer-dishonest', { why: 'something is left out' });
    return verifyEntries(answer, this);
  }

  /** Asks the node for values of the state and checks their proofs. Pages of 200. */
  async read<Value extends StateValue>(
    client: Client,
    keys: readonly StateKey<Value>[],
  ): Promise<(Value | undefined)[]> {
    const values: (Value | undefined)[] = [];
    for (let at = 0; at < keys.length; at += KEYS_PER_PROOF) {
      const page = keys.slice(at, at + KEYS_PER_PROOF);
      const since = this.height;
      const proven = await this.entries(await client.call('state', { keys: [...page] }), page, since);
      for (const key of page) values.push(proven.get(key));
    }
    return values;
  }
}

/**
 * Lets a profile meet a ledger that does not go on from the one it knew, of the same network. Only for a person who was
 * told, and not by the server, that the hospital restored an older backup: what was written since then is gone.
 */
export const acceptRestored = (store: ProfileStore): Promise<void> => store.delete(HEADER);

// Receipts of requests sent at once may arrive in another order than their blocks; more than this is a node that hides.
const REORDERED_BLOCKS = 1_000;
const KEYS_PER_PROOF = 200;
