import {
  type CommittedRecord,
  type Purpose,
  type Relation,
  recordKey,
  relationKey,
  type StateKey,
} from '@salus/contracts';
import type { Device } from './device.ts';
import { type Opened, openRecords, type ToOpen } from './opening.ts';
import type { Found } from './searching.ts';

/**
 * What was found, with the consent under which each may be opened. What the ledger does not have is left out: entries are
 * stored before their record is written down, and an upload that was cut off in between leaves some without one. Records
 * whose consent is gone are left to the ledger to refuse.
 */
export async function underGrants(device: Device, found: readonly Found[]): Promise<ToOpen[]> {
  const authors = [...new Set(found.map(({ author }) => author))];
  const keys: StateKey<Relation | CommittedRecord>[] = [
    ...authors.map((patient) => relationKey(patient, device.account)),
    ...found.map(({ record, group }) => recordKey(record, group)),
  ];
  const values = await device.trust.read(device.client, keys);
  const relations = values.slice(0, authors.length) as (Relation | undefined)[];
  const states = values.slice(authors.length) as (CommittedRecord | undefined)[];
  const grants = new Map(authors.map((author, i) => [author, relations[i]?.grant?.id ?? '']));
  return found.flatMap(({ record, group, generation, slot, kappa, author }, i) =>
    (states[i]?.generation ?? 0) >= generation
      ? [{ record, group, generation, slot, kappa, grant: grants.get(author)! }]
      : [],
  );
}

/** Opens records that were found by my own search. */
export const openFound = async (device: Device, found: readonly Found[], purpose: Purpose): Promise<Opened[]> =>
  openRecords(device, await underGrants(device, found), purpose);
