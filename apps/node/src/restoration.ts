import type { ParsedBodyOf, Routes } from '@salus/api';
import { type AccountId, type Bytes, equal, isSalusError } from '@salus/base';
import { type Account, accountKey, deviceKey } from '@salus/contracts';
import {
  type EmbeddedLedger,
  forkBelow,
  type Restoration as Statement,
  signRestoration,
  verifyHeader,
  verifyRestoration,
} from '@salus/ledger';
import { shownMessage, verifySignature } from '@salus/schemes/keyless';
import type { Database } from './database/open.ts';
import { nodeError } from './errors.ts';
import { readRestored, writeRestored } from './restored.ts';
import type { Caller } from './sessions.ts';

/** Who must still show their newest header before a patient's records are opened. */
export type Waiting = ('patient' | 'operator')[];

/**
 * Whether this node was restored from a backup, and who has caught up since: it opens nothing of a patient before a device
 * of theirs and one of the operator's have shown the newest header they know and sent again what is missing. What was shown
 * is durable before it counts. A node that never was restored waits for nobody.
 */
export class Restoration {
  /** Patients of the backup that have not shown theirs. */
  readonly #patients = new Set<AccountId>();
  readonly #shown = new Set<AccountId>();

  private constructor(
    readonly ledger: EmbeddedLedger,
    readonly database: Database,
    /** What the validator signed of it, in wire form, and read. */
    readonly statement: Bytes | null,
    readonly current: Statement | undefined,
  ) {}

  /**
   * Reads the mark that a restore left. At the first start the newest header of the backup is added to it, on disk before
   * anything is served: from there on this node writes another history than devices may have seen.
   */
  static async open(
    directory: string,
    ledger: EmbeddedLedger,
    database: Database,
    validatorKey: Bytes,
  ): Promise<Restoration> {
    const held = await readRestored(directory);
    if (!held) return new Restoration(ledger, database, null, undefined);
    const { time } = ledger.head();
    const restored = held.header ? held : { ...held, header: ledger.header(), backedUpAt: held.backedUpAt || time };
    if (!held.header) await writeRestored(directory, restored);
    const { id, backedUpAt, restoredAt, earlier } = restored;
    const said = { network: ledger.network, id, backedUpAt, restoredAt, earlier, header: restored.header! };
    const statement = await signRestoration(said, validatorKey);
    const current = await verifyRestoration(statement, ledger);
    const restoration = new Restoration(ledger, database, statement, current);
    await restoration.#load(current);
    return restoration;
  }

  async #load({ id }: Statement): Promise<void> {
    const rows = await this.database.selectFrom('shown').select('account').where('restoration', '=', id).execute();
    for (const { account } of rows) this.#shown.add(account);
    for (let after = ''; ; ) {
      const page = this.ledger.list('account/', after, ACCOUNTS_PER_PAGE);
      for (const { key, value } of page) {
        const account = key.slice('account/'.length);
        if (this.#inBackup(value as Account) && !this.#shown.has(account)) this.#patients.add(account);
      }
      if (page.length < ACCOUNTS_PER_PAGE) return;
      after = page.at(-1)!.key;
    }
  }

  #inBackup({ role, registeredAt }: Account): boolean {
    return role === 'patient' && registeredAt <= this.current!.header.height;
  }

  /** Who must still show theirs before records of a patient are opened. */
  waitingFor(patient: AccountId): Waiting {
    if (!this.current) return [];
    const account = this.ledger.get(accountKey(patient));
    return account && this.#inBackup(account) ? this.#waitingFor(patient) : [];
  }

  #waitingFor(account: AccountId): Waiting {
    const waiting: Waiting = [];
    if (this.#patients.has(account)) waiting.push('patient');
    if (!this.#shown.has(this.ledger.genesis.operator.account)) waiting.push('operator');
    return waiting;
  }

  /** How many patients' records are not opened yet. */
  get waiting(): number {
    if (!this.current) return 0;
    if (this.#shown.has(this.ledger.genesis.operator.account)) return this.#patients.size;
    return this.#patients.size + [...this.#shown].filter((account) => this.waitingFor(account).length > 0).length;
  }

  /** Throws `restored-waiting` unless everybody needed for every one of the patients has shown theirs. */
  needCaughtUp(patients: Iterable<AccountId>): void {
    for (const patient of patients) {
      const waiting = this.waitingFor(patient);
      if (waiting.length > 0)
        throw nodeError('restored-waiting', { waitingFor: waiting.join(' and '), backup: this.current!.backedUpAt });
    }
  }

  /**
   * Takes the newest header that a device has seen. It must be one that this node signed, and shown by a device that the
   * backup knows: one added since has seen nothing that could be missing. Throws `not-restored`, `shown-refused`.
   */
  async show(caller: Caller, { restoration, header, signature }: ParsedBodyOf<Routes['showNewest']>): Promise<Waiting> {
    const { current, ledger } = this;
    if (!current) throw nodeError('not-restored');
    const refuse = (why: string) => nodeError('shown-refused', { why });
    if (restoration !== current.id) throw refuse('it is about another restore');
    const device = ledger.get(deviceKey(caller.account, caller.device));
    if (!device || device.revokedAt > 0 || device.addedAt > current.header.height)
      throw refuse('the backup does not know this device');
    const message = shownMessage(ledger.network, restoration, caller.account, header);
    if (!(await verifySignature(device.key, message, signature))) throw refuse('this device did not sign it');
    const { height } = await this.#signedHere(header, refuse);
    if (forkBelow(current, height) === undefined && !equal(ledger.header(height) ?? new Uint8Array(), header))
      throw refuse('the ledger has another block at its height');
    await this.database
      .insertInto('shown')
      .values({ restoration, account: caller.account, device: caller.device, height })
      .onConflict((c) => c.doNothing())
      .execute();
    this.#shown.add(caller.account);
    this.#patients.delete(caller.account);
    return this.#waitingFor(caller.account);
  }

  async #signedHere(header: Bytes, refuse: (why: string) => Error) {
    try {
      return await verifyHeader(header, this.ledger);
    } catch (thrown) {
      if (isSalusError(thrown, 'proof-refused')) throw refuse(String(thrown.facts.why));
      throw thrown;
    }
  }
}

const ACCOUNTS_PER_PAGE = 1_000;
