import {
  assignedPatients,
  type Combination,
  delegate,
  endDelegation,
  everythingShared,
  type Found,
  findColleague,
  findPatient,
  grantBetween,
  listDelegations,
  listRequests,
  openRecords,
  previewDelegation,
  requestAccess,
  searchDelegated,
  searchWords,
  type ToOpen,
  underGrants,
  withdrawRequest,
} from '@salus/sdk';
import { type Shown, shown } from '../content.ts';
import { refusal } from '../failure.ts';
import { type KnownColleague, type KnownPatient, knownColleagues, knownPatients } from '../known.ts';
import { alone, seated } from '../seat.ts';

export type Purpose = 'treatment' | 'second-opinion' | 'research' | 'administration' | 'other';

/** What a doctor asks a patient for. */
export interface Question {
  patient: string;
  purpose: Purpose;
  words: string;
  groups: ('vitals' | 'document')[];
  until: number;
}

type Delegating = Parameters<typeof delegate>[1];

/** A record that was found and not opened: neither its title nor its content are known yet. */
export interface FoundRecord {
  key: string;
  record: string;
  group: string;
  patient: KnownPatient | undefined;
}

/** What opening a found record takes; it stays in the worker. */
const toOpen = new Map<string, () => Promise<ToOpen[]>>();

async function foundRecords(found: readonly Found[]): Promise<FoundRecord[]> {
  const device = await seated();
  const known = await knownPatients.all(device);
  return found.map((one) => {
    const key = `${one.record}/${one.group}/${one.generation}`;
    toOpen.set(key, () => underGrants(device, [one]));
    const patient = known.find(({ account }) => account === one.author);
    return { key, record: one.record, group: one.group, patient };
  });
}

/** Verbs of a doctor, and of an institute that was given something. */
export const doctorVerbs = {
  async findPatient(by: { number: string } | { name: string; birthDate: string }): Promise<KnownPatient> {
    const device = await seated();
    const found = await findPatient(device, by);
    return knownPatients.remember(device, { ...found, name: 'name' in by ? by.name : '' });
  },

  /** Patients I found, and those on my list, who are remembered as the operator introduced them. */
  async patients(): Promise<(KnownPatient & { assigned: boolean })[]> {
    const device = await seated();
    const assigned = await assignedPatients(device);
    for (const { account, known } of assigned)
      await knownPatients.remember(device, { account, number: known?.number ?? '', name: known?.name ?? '' });
    const listed = new Set(assigned.map(({ account }) => account));
    const all = (await knownPatients.all(device)).map((one) => ({ ...one, assigned: listed.has(one.account) }));
    return all.sort((a, b) => Number(b.assigned) - Number(a.assigned));
  },

  /** What a patient allows me now. */
  grantFrom: async (patient: string) => {
    const device = await seated();
    return (await grantBetween(device, patient, device.account)) ?? null;
  },

  ask: async (asking: Question): Promise<string> => requestAccess(await seated(), asking),

  /** My requests, newest first, with what I call the patient. */
  async myRequests() {
    const device = await seated();
    const [requests, known] = await Promise.all([listRequests(device), knownPatients.all(device)]);
    return requests.map((request) => ({
      ...request,
      known: known.find(({ account }) => account === request.patient),
    }));
  },

  withdraw: async (request: string) => withdrawRequest(await seated(), request).then(() => undefined),

  searchWords: async (words: string[], combination: Combination): Promise<FoundRecord[]> =>
    foundRecords(await searchWords(await seated(), words, combination)),

  /** Everything patients let me open; `complete` says whether the server kept something back. */
  async sharedWithMe(): Promise<{ found: FoundRecord[]; complete: boolean }> {
    const { found, complete } = await everythingShared(await seated());
    return { found: await foundRecords(found), complete };
  },

  /** Opens found records: each is written down, and its patient sees it. */
  async openFound(keys: string[], purpose: Purpose): Promise<Shown[]> {
    const device = await seated();
    const asked: ToOpen[] = [];
    for (const key of keys) {
      const known = toOpen.get(key);
      if (!known) throw refusal('found-forgotten', 'This list is no longer current.', 'Search again.');
      asked.push(...(await known()));
    }
    const opened = await openRecords(device, asked, purpose);
    return Promise.all(opened.map((one) => shown(one, one.content())));
  },

  /** Somebody to share with, by e-mail address or account id. */
  async colleague(typed: string): Promise<KnownColleague> {
    const device = await seated();
    const given = typed.trim();
    if (!given.includes('@')) return { account: given, email: '' };
    const { account } = await findColleague(device, given);
    return knownColleagues.remember(device, { account, email: given });
  },

  colleagues: async (): Promise<KnownColleague[]> => knownColleagues.all(await seated()),

  /** What I share, and what was shared with me. */
  async delegations() {
    const device = await seated();
    const [all, known, colleagues] = await Promise.all([
      listDelegations(device),
      knownPatients.all(device),
      knownColleagues.all(device),
    ]);
    return all.map(({ opened, patients, ...rest }) => ({
      ...rest,
      mine: rest.from === device.account,
      email: colleagues.find(({ account }) => account === (rest.from === device.account ? rest.to : rest.from))?.email,
      topic: opened?.topic ?? '',
      ended: rest.status !== 'active' || rest.until <= device.now(),
      patients: patients.map((account) => known.find((one) => one.account === account) ?? account),
    }));
  },

  /** What sharing would cover; it ends with the first consent it rests on. */
  previewSharing: async (delegating: Delegating) => {
    const device = await seated();
    const { patients, records } = await previewDelegation(device, delegating);
    const grants = await Promise.all(patients.map((patient) => grantBetween(device, patient, device.account)));
    const until = Math.min(delegating.until, ...grants.flatMap((grant) => (grant ? [grant.until] : [])));
    return { patients: patients.length, records, until };
  },

  share: (delegating: Delegating) => alone(async (device) => (await delegate(device, delegating)).records),
  endSharing: (delegation: string) => alone((device) => endDelegation(device, delegation).then(() => undefined)),

  async searchTopic(topic: string): Promise<FoundRecord[]> {
    const found = await searchDelegated(await seated(), topic);
    return found.map((one) => {
      const key = `${one.record}/${one.group}/${one.generation}`;
      toOpen.set(key, async () => [one]);
      return { key, record: one.record, group: one.group, patient: undefined };
    });
  },
};
