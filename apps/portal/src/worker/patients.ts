import type { Device } from '@salus/sdk';

/** A patient as this doctor knows them: accounts carry no names, so the device keeps what it was given. */
export interface KnownPatient {
  account: string;
  number: string;
  name: string;
}

const KNOWN = 'patients-known';
/** More than a doctor ever looks up; the oldest make room. */
const KNOWN_LIMIT = 5_000;

export async function knownPatients(device: Device): Promise<KnownPatient[]> {
  const bytes = await device.store.get(KNOWN);
  return bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as KnownPatient[]) : [];
}

export async function rememberPatient(device: Device, found: KnownPatient): Promise<KnownPatient> {
  const known = await knownPatients(device);
  const before = known.find(({ account }) => account === found.account);
  const kept = { ...found, name: found.name || before?.name || '' };
  const all = [kept, ...known.filter(({ account }) => account !== found.account)].slice(0, KNOWN_LIMIT);
  await device.store.put(KNOWN, new TextEncoder().encode(JSON.stringify(all)));
  return kept;
}
