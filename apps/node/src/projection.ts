import { equal } from '@salus/base';
import { type Operation, parseOperation } from '@salus/contracts';
import { type EmbeddedLedger, parseBlock } from '@salus/ledger';
import type { Transaction } from 'kysely';
import type { Database } from './database/open.ts';
import type { Tables } from './database/tables.ts';

interface Committed {
  height: number;
  time: number;
  operations: readonly Operation[];
}

const PROJECTED: ReadonlySet<Operation['type']> = new Set([
  'account.register',
  'account.rotate',
  'request.make',
  'assignment.start',
  'assignment.end',
  'delegation.make',
]);

/** Lists by whom an operation concerns, kept beside the ledger for queries; made again from the blocks when lost. */
export class Projection {
  #last: Promise<void> = Promise.resolve();

  constructor(
    readonly database: Database,
    readonly ledger: EmbeddedLedger,
  ) {}

  /** Projects what was committed while nobody followed. */
  async catchUp(): Promise<void> {
    const held = await this.database.selectFrom('projection').select('height').executeTakeFirst();
    if (!held) {
      await this.database.insertInto('projection').values({ height: 0 }).execute();
      const { A: _, B, boxKey, account } = this.ledger.genesis.operator;
      await this.database
        .insertInto('account_keys')
        .values({ account, version: 1, B, box_key: boxKey })
        .onConflict((c) => c.doNothing())
        .execute();
    }
    for await (const bytes of this.ledger.blocks((held?.height ?? 0) + 1)) {
      const { header, operations } = parseBlock(bytes);
      const { height, time } = header.header;
      await this.#project({ height, time, operations: operations.map((one) => parseOperation(one).operation) });
    }
  }

  /** Adds a block behind those before it. */
  add(block: Committed): Promise<void> {
    this.#last = this.#last.then(() => this.#project(block));
    return this.#last;
  }

  /** Resolves when every block added so far is projected: who just wrote reads what was written. */
  settled(): Promise<void> {
    return this.#last;
  }

  async #project({ height, time, operations }: Committed): Promise<void> {
    const projected = operations.filter(({ type }) => PROJECTED.has(type));
    // A height that lags costs a longer catch-up, not a wrong list: projecting twice changes nothing.
    if (projected.length === 0 && height % HEIGHT_STEP !== 0) return;
    await this.database.transaction().execute(async (transaction) => {
      for (const operation of projected) await this.#projectOne(transaction, operation, time);
      await transaction.updateTable('projection').set({ height }).execute();
    });
  }

  async #projectOne(transaction: Transaction<Tables>, operation: Operation, time: number): Promise<void> {
    switch (operation.type) {
      case 'account.register':
      case 'account.rotate': {
        const { B, boxKey } = operation.body;
        const version =
          operation.type === 'account.register' ? 1 : await nextVersion(transaction, operation.account, B);
        const keys = { account: operation.account, version, B, box_key: boxKey };
        await transaction
          .insertInto('account_keys')
          .values(keys)
          .onConflict((c) => c.doNothing())
          .execute();
        return;
      }
      case 'request.make': {
        const row = {
          request: operation.body.request,
          doctor: operation.account,
          patient: operation.body.patient,
          made_at: time,
        };
        await transaction
          .insertInto('request')
          .values(row)
          .onConflict((c) => c.doNothing())
          .execute();
        return;
      }
      case 'assignment.start':
        await transaction
          .insertInto('assignment')
          .values({ doctor: operation.body.doctor, patient: operation.body.patient })
          .onConflict((c) => c.doNothing())
          .execute();
        return;
      case 'assignment.end':
        await transaction
          .deleteFrom('assignment')
          .where('doctor', '=', operation.body.doctor)
          .where('patient', '=', operation.body.patient)
          .execute();
        return;
      case 'delegation.make':
        await this.#projectDelegation(transaction, operation.account, operation.body);
    }
  }

  async #projectDelegation(
    transaction: Transaction<Tables>,
    maker: string,
    body: { delegation: string; to: string; patients: string[] },
  ): Promise<void> {
    const { delegation, to, patients } = body;
    // Re-encryption keys are made for the delegate's keys of that moment; a rotation in between would have refused them.
    const keys_version = (await versionsOf(transaction, to))[0]?.version ?? 1;
    await transaction
      .insertInto('delegation')
      .values({ delegation, maker, recipient: to, keys_version })
      .onConflict((c) => c.doNothing())
      .execute();
    for (const patient of patients) {
      await transaction
        .insertInto('delegation_patient')
        .values({ delegation, patient })
        .onConflict((c) => c.doNothing())
        .execute();
    }
  }
}

const HEIGHT_STEP = 1_000;

/** Keys of an account as far as blocks were projected, the newest first. */
const versionsOf = (transaction: Transaction<Tables>, account: string) =>
  transaction
    .selectFrom('account_keys')
    .selectAll()
    .where('account', '=', account)
    .orderBy('version', 'desc')
    .execute();

async function nextVersion(transaction: Transaction<Tables>, account: string, B: Uint8Array): Promise<number> {
  const rows = await versionsOf(transaction, account);
  return rows.find((row) => equal(row.B, B))?.version ?? (rows[0]?.version ?? 0) + 1;
}
