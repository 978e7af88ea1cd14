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
 * whose consent is gone are left to the ledger to refuse. Of several generations the newest is opened.
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
  const committed = found.filter(({ generation }, i) => (states[i]?.generation ?? 0) >= generation);
  return newestOf(committed).map(({ record, group, generation, slot, kappa, author }) => ({
    record,
    group,
    generation,
    slot,
    kappa,
    grant: grants.get(author)!,
  }));
}

/** Each record once, in the newest generation found: an older one holds an older version. */
function newestOf(found: readonly Found[]): Found[] {
  const newest = new Map<string, Found>();
  for (const one of found) {
    const name = `${one.record}/${one.group}`;
    if ((newest.get(name)?.generation ?? 0) < one.generation) newest.set(name, one);
  }
  return [...newest.values()];
}

/** Opens records that were found by my own search. */
export const openFound = async (device: Device, found: readonly Found[], purpose: Purpose): Promise<Opened[]> =>
  openRecords(device, await underGrants(device, found), purpose);
