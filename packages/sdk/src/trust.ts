import { type Bytes, equal, isSalusError, type TimeMs } from '@salus/base';
import { type Genesis, networkOf, parseGenesis, type StateKey, type StateValue } from '@salus/contracts';
import {
  forkBelow,
  type Header,
  type ProvenEntries,
  type ProvenState,
  parseHeader,
  type Restoration,
  verifyConsistency,
  verifyEntries,
  verifyHeader,
  verifyInclusionProof,
  verifyRestoration,
} from '@salus/ledger/verifier';
import type { Client } from './client.ts';
import { sdkError } from './errors.ts';
import { Journal } from './journal.ts';
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
  /** What is kept in case the node is restored from an older backup. */
  readonly journal: Journal;

  private constructor(
    readonly genesisBytes: Bytes,
    readonly genesis: Genesis,
    readonly network: Bytes,
    readonly store: ProfileStore,
    /** That the node was restored from a backup, where its validator says so. */
    readonly restoration: Restoration | undefined,
    /** The height that backups cover, as the node says. */
    readonly keepFrom: number,
  ) {
    this.journal = new Journal(store);
  }

  /** Pins the node's genesis at the first meeting, where its hash is the `network` told, if one was; later refuses another with `network-changed`. */
  static async of(client: Client, store: ProfileStore, network?: Bytes): Promise<Trust> {
    const { genesis, keepFrom, restoration } = await client.call('network', {});
    const parsed = { genesis: parseGenesis(genesis), network: networkOf(genesis) };
    const pinned = await store.get(GENESIS);
    const expected = (!pinned || equal(pinned, genesis)) && (!network || equal(network, parsed.network));
    if (!expected) throw sdkError('network-changed');
    const restored = restoration ? await verifyRestoration(restoration, parsed) : undefined;
    const trust = new Trust(genesis, parsed.genesis, parsed.network, store, restored, keepFrom);
    if (!pinned) await store.put(GENESIS, genesis);
    const seen = await store.get(HEADER);
    if (seen) trust.#met = trust.#newest = parseHeader(seen).header;
    const acknowledged = (await trust.journal.newest())?.header;
    if (acknowledged && acknowledged.height > trust.height) trust.#newest = acknowledged;
    return trust;
  }

  /**
   * Checks that the ledger now continues the one met before and the newest one seen: nothing rewritten, nothing forgotten.
   * Throws `ledger-restored` where the node says that it was put back to a backup older than what was seen, and otherwise
   * `proof-refused`, `answer-dishonest`.
   */
  async meet(client: Client): Promise<void> {
    try {
      await this.#meet(client);
    } catch (thrown) {
      if (!isSalusError(thrown, 'proof-refused', 'answer-dishonest') || this.forkedAt === undefined) throw thrown;
      throw sdkError('ledger-restored', {
        backup: new Date(this.restoration!.backedUpAt).toISOString(),
        restored: new Date(this.restoration!.restoredAt).toISOString(),
      });
    }
  }

  /** The height above which the node lost what this device has seen, by its own signed word; undefined where it lost nothing. */
  get forkedAt(): number | undefined {
    return this.restoration && forkBelow(this.restoration, this.height);
  }

  async #meet(client: Client): Promise<void> {
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

  /** Throws unless the operation stands in the ledger. Keeps it: should the node lose it, this device brings it again. */
  async included(
    operation: Bytes,
    receipt: { header: Bytes; inclusion: Bytes; height: number },
    title?: string,
  ): Promise<void> {
    verifyInclusionProof(await this.header(receipt.header), operation, receipt.inclusion);
    await this.journal.keep(operation, receipt.height, receipt.header, title);
  }

  /** Keeps what concerns an account beyond what backups have. A precaution: that it fails today is no reason to stop anybody. */
  async follow(client: Client, account: string): Promise<void> {
    const keepFrom = Math.min(this.keepFrom, this.height);
    try {
      await this.journal.follow(client, account, keepFrom);
      await this.journal.forget(keepFrom);
    } catch (thrown) {
      if (!isSalusError(thrown)) throw thrown;
    }
  }

  /** The newest header this device has seen, as it was signed. Undefined before the first meeting. */
  async newestSigned(): Promise<Bytes | undefined> {
    const met = await this.store.get(HEADER);
    const acknowledged = await this.journal.newest();
    if (!met || !acknowledged) return met ?? acknowledged?.bytes;
    return parseHeader(met).header.height > acknowledged.header.height ? met : acknowledged.bytes;
  }

  /**
   * Begins again from the header that the node was restored to, and from there believes only what continues it. For who has
   * accepted the restore, when everything was sent again.
   */
  async startOver(client: Client): Promise<void> {
    const { header, headerBytes } = this.restoration!;
    await this.store.put(HEADER, headerBytes);
    await this.journal.clear();
    this.#met = this.#newest = header;
    await this.#meet(client);
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

// Receipts of requests sent at once may arrive in another order than their blocks; more than this is a node that hides.
const REORDERED_BLOCKS = 1_000;
const KEYS_PER_PROOF = 200;
