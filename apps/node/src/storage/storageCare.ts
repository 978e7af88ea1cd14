import { join } from 'node:path';
import { type Bytes, equal, framed, isSalusError, type Random } from '@salus/base';
import {
  deviceKey,
  type Genesis,
  type OperationBody,
  type OperationType,
  STORAGE_KEY,
  type StorageKey,
} from '@salus/contracts';
import type { EmbeddedLedger } from '@salus/ledger';
import { CommitmentKey, sha256 } from '@salus/schemes/keyless';
import type { Logger } from 'pino';
import { readConfig } from '../config.ts';
import type { Database } from '../database/open.ts';
import { nodeError } from '../errors.ts';
import type { DatabasePlacement } from '../placement.ts';
import { regularly } from '../regularly.ts';
import { NodeDevice } from './nodeDevice.ts';
import { NOTHING_DONE, type TaggingReport, type TaggingRound, tagRound, takeBackMoved, takeOver } from './rounds.ts';
import { storedClouds } from './storedClouds.ts';
import type { TaggingKeys } from './taggingMessages.ts';
import { TaggingProcess } from './taggingProcess.ts';
import { TagTable } from './tagTable.ts';

/** The parts of a node that storage checks need. */
export interface Kept {
  ledger: EmbeddedLedger;
  database: Database;
  placement: DatabasePlacement;
  network: Bytes;
  genesis: Genesis;
  random: Random;
  log: Logger;
}

interface Tagging {
  process: TaggingProcess;
  keys: TaggingKeys;
  commitment: CommitmentKey;
}

/**
 * Keeps the stores checkable: has every piece tagged once by the tagging process, and says on the ledger what lies where.
 * Does nothing before an operator has set it up; then by itself, a round at a time.
 */
export class StorageCare {
  readonly table: TagTable;
  #tagging: Promise<Tagging> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  /** Version of the storage key under which table and ledger are known to agree; 0 where they may not. */
  #agreed = 0;
  #stopped = false;

  constructor(
    readonly node: Kept,
    readonly home: string,
  ) {
    this.table = new TagTable(node.database);
  }

  get #directory(): string {
    return join(this.home, 'node');
  }

  /** What an operator signs as `storage.key`, and whether the ledger names exactly that already. Starts the tagging process. */
  async setup(): Promise<OperationBody['storage.key'] & { current: boolean }> {
    const { ledger, random } = this.node;
    const { account } = this.node.genesis.operator;
    let device = await NodeDevice.readOrMake(this.#directory, random);
    if ((ledger.get(deviceKey(account, device.id))?.revokedAt ?? 0) > 0)
      device = await NodeDevice.make(this.#directory, random);
    const body = { ...publicPart((await this.#start()).keys), device: { id: device.id, key: device.key } };
    const held = ledger.get(STORAGE_KEY);
    return { ...body, current: held !== undefined && held.device === device.id && isSame(held, body) };
  }

  /**
   * Tags what is new and commits it, of so many pages of stripes at most, after the rounds before it; nothing where storage
   * checks are not set up. Throws `storage-key-missing` where the ledger names another key, `tagging-failed`, the ledger's errors.
   */
  round(limitPages?: number): Promise<TaggingReport> {
    const turn = this.#turn.then(() => this.#round(limitPages));
    this.#turn = turn.catch(() => {
      this.#agreed = 0;
    });
    return turn;
  }

  /**
   * Takes back on the ledger that pieces of these stripes lie where they no longer do, beside whatever round is under way: before they
   * are removed there, so that no audit blames a store for what it was relieved of.
   */
  noteMoved = (stripes: readonly string[]): Promise<void> =>
    this.tell('moves', async () => {
      const { ledger } = this.node;
      const { table } = this;
      const pieces = await table.ofStripes(stripes);
      await takeBackMoved({ ledger, table, submit: (type, body) => this.submit(type, body) }, pieces);
    });

  /** Has it written down what was done to pieces, where storage checks are set up. What was done stands, told or not. */
  async tell(what: string, work: () => Promise<void>): Promise<void> {
    if (!this.isSetUp) return;
    try {
      await work();
    } catch (thrown) {
      if (!isSalusError(thrown)) throw thrown;
      this.node.log.warn({ code: thrown.code }, `${what} are not written down`);
    }
  }

  /** Waits for nothing: what is under way is given up, and gone on with at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const tagging = await this.#tagging?.catch(() => undefined);
    await tagging?.process.stop();
    await this.#turn;
  }

  /** What proofs are made with. Throws `storage-key-missing`, `tagging-failed`. */
  async commitment(): Promise<CommitmentKey> {
    return (await this.#current()).commitment;
  }

  /** Signs with the node's own device, submits, and waits until it is on disk. Throws `storage-key-missing`, or the rejection. */
  async submit<Type extends OperationType>(type: Type, body: OperationBody[Type]): Promise<void> {
    const { ledger, network, random } = this.node;
    const held = ledger.get(STORAGE_KEY);
    const device = await NodeDevice.readOrMake(this.#directory, random);
    if (held?.device !== device.id) throw nodeError('storage-key-missing');
    await ledger.submit(await device.sign({ network, account: held.account, random }, type, body));
  }

  /** Whether audits and repairs can be written down: an operator has set it up. */
  get isSetUp(): boolean {
    return this.node.ledger.get(STORAGE_KEY) !== undefined;
  }

  async #round(limitPages?: number): Promise<TaggingReport> {
    const { ledger } = this.node;
    const key = ledger.get(STORAGE_KEY);
    if (!key || this.#stopped) return NOTHING_DONE;
    const { process } = await this.#current();
    const { stores } = await readConfig(this.#directory);
    const round: TaggingRound = {
      ...{ ledger, table: this.table, process, version: key.version },
      stores: new Map(stores.map((store) => [store.name, store])),
      submit: (type, body) => this.submit(type, body),
      noteFault: async ({ stripe, idx, store, object, size_bytes }, state) =>
        this.node.placement.noteStates([{ stripe, index: idx, store, name: object, sizeBytes: size_bytes, state }]),
      stopped: () => this.#stopped,
      away: new Map(),
    };
    await this.#agree(round, key);
    return tagRound(round, limitPages);
  }

  /** At the first round of a start, and after a failed one: a crash may have come between ledger and table, and the key may be new. */
  async #agree(round: TaggingRound, key: StorageKey): Promise<void> {
    if (this.#agreed === key.version) return;
    const report = { ...NOTHING_DONE };
    if ((await this.table.version()) !== key.version) await this.table.beginAgain(key.version);
    for (const cloud of storedClouds(this.node).keys()) await takeOver(round, cloud, report);
    this.#agreed = key.version;
  }

  /** The tagging process, where its key is the one that the ledger names. */
  async #current(): Promise<Tagging> {
    const held = this.node.ledger.get(STORAGE_KEY);
    if (!held) throw nodeError('storage-key-missing');
    const tagging = await this.#start();
    if (!isSame(held, publicPart(tagging.keys))) throw nodeError('storage-key-missing');
    return tagging;
  }

  /** One at a time, whoever asks; another where the one before has ended. */
  #start(): Promise<Tagging> {
    const before = this.#tagging ?? Promise.resolve(undefined);
    this.#tagging = before
      .catch(() => undefined)
      .then((running) => (running && !running.process.hasEnded ? running : this.#fresh()));
    return this.#tagging;
  }

  async #fresh(): Promise<Tagging> {
    if (this.#stopped) throw nodeError('tagging-failed', { why: 'the node is being stopped' });
    const { organisation } = this.node.genesis;
    const { process, keys } = await TaggingProcess.start(this.home, this.#directory, organisation.name);
    return { process, keys, commitment: new CommitmentKey(keys.commitmentKey) };
  }
}

/** What provers commit with, as the ledger names it. */
const commitmentHash = (points: readonly Bytes[]): Bytes =>
  sha256(framed('SALUS1/possession/commitment-key', ...points));

const publicPart = ({ certificate, registrar, alphaKey, commitmentKey }: TaggingKeys) => ({
  ...{ certificate, registrar, alphaKey },
  commitmentKey: commitmentHash(commitmentKey),
});

type PublicPart = ReturnType<typeof publicPart>;

const isSame = (a: PublicPart, b: PublicPart): boolean =>
  (['certificate', 'registrar', 'alphaKey', 'commitmentKey'] as const).every((name) => equal(a[name], b[name]));

/** Tags by itself, at once and then so often. Returns how to stop, after the piece under way. */
export function tagRegularly(care: StorageCare, everyMs: number): () => Promise<void> {
  const work = async () => {
    const report = await care.round();
    if (report.pieces > 0) care.node.log.info(report, 'tagged');
  };
  const stop = regularly(care.node.log, { name: 'tagging', everyMs, work, atOnce: care.isSetUp });
  return async () => {
    const stopped = stop();
    await care.stop();
    await stopped;
  };
}
