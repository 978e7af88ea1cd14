import { type AccountId, type Bytes, equal, type OperationId, type RecordId, type TimeMs } from '@salus/base';
import { type FieldGroup, type Operation, recordKey } from '@salus/contracts';
import { contextOf, lockAnswer, lockLabel } from '@salus/schemes/keyless';
import type { Selectable } from 'kysely';
import type { NodeContext } from './context.ts';
import type { Tables } from './database/tables.ts';
import { refreshOf } from './refresh.ts';

/** The fetch that a stored value was given out in. */
export interface Traced {
  operation: OperationId;
  reader: AccountId;
  record: RecordId;
  time: TimeMs;
}

const EVENTS_PER_PAGE = 200;

/**
 * Which fetch of a record a stolen lock comes from (cryptography section 7): draws again what was drawn for each committed
 * read of it, and compares. A lead, not a proof: whoever leaks the key or the text itself leaves no lock behind. For a
 * network of one keeper, whose share is the lock. Cost: a few hash calls for each read and slot.
 */
export async function traceLock(
  node: NodeContext,
  { record, group }: { record: RecordId; group: FieldGroup },
  lock: Bytes,
): Promise<Traced | undefined> {
  const patient = node.ledger.get(recordKey(record, group))?.patient;
  if (!patient) return undefined;
  const slots = await node.database.selectFrom('slot').selectAll().where('record', '=', record).execute();
  for (let from = 0; ; from += EVENTS_PER_PAGE) {
    const events = node.ledger.events(patient, from, EVENTS_PER_PAGE);
    for (const { signed, time } of events) {
      const { operation } = signed;
      if (operation.type === 'read.open' && (await gaveOut(node, operation, slots, lock)))
        return { operation: operation.id, reader: operation.account, record, time };
    }
    if (events.length < EVENTS_PER_PAGE) return undefined;
  }
}

type ReadOpen = Extract<Operation, { type: 'read.open' }>;
type SlotRow = Selectable<Tables['slot']>;

/** Whether a read was answered with this lock. The ledger hides which slot it named, so each of its generation is tried. */
async function gaveOut(node: NodeContext, read: ReadOpen, slots: readonly SlotRow[], lock: Bytes): Promise<boolean> {
  for (const [record, group, generation, , grant] of read.body.reads) {
    for (const slot of slots) {
      if (slot.record !== record || slot.grp !== group || slot.generation !== generation) continue;
      const author = node.ledger.get(recordKey(record, group))!.author;
      const label = lockLabel(contextOf({ record, group, generation, author }), slot.slot, slot.recipient);
      const share = await node.keeper.share(slot.slot, label);
      if (!share) continue;
      for (const row of slot.kind === 'topic' ? await rowLabels(node, grant) : [undefined]) {
        const { point } = refreshOf(node, read.id, slot.slot, row);
        if (equal(lockAnswer(share, point).value, lock)) return true;
      }
    }
  }
  return false;
}

async function rowLabels({ database }: NodeContext, delegation: string): Promise<Bytes[]> {
  const rows = await database.selectFrom('row').select('label').where('delegation', '=', delegation).execute();
  return rows.map(({ label }) => label);
}
