import { type Purpose, relationKey } from '@salus/contracts';
import type { Device } from './device.ts';
import { type Opened, openRecords, type ToOpen } from './opening.ts';
import type { Found } from './searching.ts';

/** What was found, with the consent under which each may be opened. Records whose consent is gone are left to the ledger to refuse. */
export async function underGrants(device: Device, found: readonly Found[]): Promise<ToOpen[]> {
  const authors = [...new Set(found.map(({ author }) => author))];
  const relations = await device.trust.read(
    device.client,
    authors.map((patient) => relationKey(patient, device.account)),
  );
  const grants = new Map(authors.map((author, i) => [author, relations[i]?.grant?.id ?? '']));
  return found.map(({ record, group, generation, slot, kappa, author }) => ({
    record,
    group,
    generation,
    slot,
    kappa,
    grant: grants.get(author)!,
  }));
}

/** Opens records that were found by my own search. */
export const openFound = async (device: Device, found: readonly Found[], purpose: Purpose): Promise<Opened[]> =>
  openRecords(device, await underGrants(device, found), purpose);
