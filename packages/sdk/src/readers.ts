import type { AccountId } from '@salus/base';
import { type Account, accountKey, type FieldGroup, type Grant, patientKey, relationKey } from '@salus/contracts';
import type { Device } from './device.ts';

/** Someone whom a patient lets read: what they hold, and under what. */
export interface Reader {
  account: AccountId;
  keys: Account;
  grant: Grant;
}

/** Everyone who holds a consent of this patient now, by the ledger's own word: state proofs, not a server's list. */
export async function readersOf(device: Device, patient: AccountId): Promise<Reader[]> {
  return readersIn(device, patient, await accessesOf(device, patient));
}

/** Those among them who were let in since others were looked up. Costs one question where all hold consents known before. */
export async function newcomersTo(device: Device, patient: AccountId, before: readonly Reader[]): Promise<Reader[]> {
  const known = new Set(before.map(({ grant }) => grant.id));
  const accesses = (await accessesOf(device, patient)).filter(({ via }) => !known.has(via));
  return (await readersIn(device, patient, accesses)).filter(({ grant }) => !known.has(grant.id));
}

async function accessesOf({ client, trust }: Device, patient: AccountId) {
  const [state] = await trust.read(client, [patientKey(patient)]);
  return state?.readers ?? [];
}

async function readersIn(
  { client, trust }: Device,
  patient: AccountId,
  accesses: readonly { account: AccountId }[],
): Promise<Reader[]> {
  const accounts = [...new Set(accesses.map(({ account }) => account))];
  if (accounts.length === 0) return [];
  const relations = await trust.read(
    client,
    accounts.map((account) => relationKey(patient, account)),
  );
  const keys = await trust.read(
    client,
    accounts.map((account) => accountKey(account)),
  );
  return accounts.flatMap((account, i) => {
    const grant = relations[i]?.grant;
    const held = keys[i];
    // By block time: a device whose clock is wrong must not leave out whom the ledger lets read.
    const inForce = grant && held && grant.status === 'active' && trust.time < grant.until && held.status === 'active';
    return inForce ? [{ account, keys: held, grant }] : [];
  });
}

/** Whether a reader's consent covers a new record of a group. */
export const covers = (reader: Reader, group: string): boolean => reader.grant.groups.includes(group as FieldGroup);
