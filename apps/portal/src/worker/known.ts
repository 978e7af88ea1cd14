import type { Device } from '@salus/sdk';

/** A patient as this doctor knows them: accounts carry no names, so the device keeps what it was given. */
export interface KnownPatient {
  account: string;
  number: string;
  name: string;
}

/** A colleague or an institute, by the address they were found under. */
export interface KnownColleague {
  account: string;
  email: string;
}

/** More than anybody ever looks up; the oldest make room. */
const KNOWN_LIMIT = 5_000;

/** People this device was told of, newest first, kept under one name of its store. */
class KnownPeople<Person extends { account: string }> {
  constructor(readonly name: string) {}

  async all(device: Device): Promise<Person[]> {
    const bytes = await device.store.get(this.name);
    return bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as Person[]) : [];
  }

  /** What is left empty stays as it was known before. */
  async remember(device: Device, found: Person): Promise<Person> {
    const known = await this.all(device);
    const before = known.find(({ account }) => account === found.account);
    const told = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== '')) as Person;
    const kept = { ...found, ...before, ...told };
    const all = [kept, ...known.filter(({ account }) => account !== found.account)].slice(0, KNOWN_LIMIT);
    await device.store.put(this.name, new TextEncoder().encode(JSON.stringify(all)));
    return kept;
  }
}

export const knownPatients = new KnownPeople<KnownPatient>('patients-known');
export const knownColleagues = new KnownPeople<KnownColleague>('colleagues-known');
