import { type AccountId, encodeCanonical, newId, type RequestId, type TimeMs } from '@salus/base';
import { accountKey, type FieldGroup, type Grant, type Purpose, relationKey, requestKey } from '@salus/contracts';
import { wordsCommitment, wordsFit } from '@salus/schemes/keyless';
import { whoAmI } from './account.ts';
import type { Device } from './device.ts';
import { sdkError } from './errors.ts';
import { type LetterContent, myLetters, sealLetter } from './letters.ts';
import { lookupIndex } from './lookup.ts';
import { yearOf } from './months.ts';
import { emailFields, personFields } from './profile.ts';
import type { Reader } from './readers.ts';
import { myRecords } from './records.ts';
import { makeSlots, type Shareable, sendSlots } from './sharing.ts';

/** What a doctor asks for. */
export interface Asking {
  patient: AccountId;
  purpose: Purpose;
  /** Why, in words; sealed to patient and operator, the ledger has a commitment only. */
  words: string;
  groups: FieldGroup[];
  until: TimeMs;
}

/** Finds a patient by number, or by exact name and birth date. Throws `patient-unknown`. */
export async function findPatient(
  device: Device,
  by: { number: string } | { name: string; birthDate: string },
): Promise<{ account: AccountId; number: string }> {
  if ('number' in by) return device.client.call('findPatient', { number: by.number });
  const person = await lookupIndex(device.client, device.trust, personFields(by.name, by.birthDate), device.random);
  return device.client.call('findPatient', { person });
}

/** Finds a doctor or an institute by e-mail address, exactly. Throws `colleague-unknown`. */
export async function findColleague(
  device: Device,
  email: string,
): Promise<{ account: AccountId; role: 'doctor' | 'institute' }> {
  const handle = await lookupIndex(device.client, device.trust, emailFields(email), device.random);
  return device.client.call('findColleague', { handle });
}

/** Asks a patient for access. The words go to patient and operator, each sealed. Throws `request-repeated`, … */
export async function requestAccess(device: Device, asking: Asking): Promise<RequestId> {
  const { patient, purpose, words, groups, until } = asking;
  const { profile } = await whoAmI(device);
  const content: LetterContent = {
    salt: device.random(32),
    words: {
      text: words,
      name: profile?.name ?? '',
      ...(profile ? { email: profile.email } : {}),
      ...(profile?.role === 'doctor' ? { hospital: profile.hospital } : {}),
    },
  };
  const commitment = wordsCommitment(encodeCanonical(content.words), content.salt);
  const [keys] = await device.trust.read(device.client, [accountKey(patient)]);
  if (!keys) throw sdkError('answer-dishonest', { why: 'the patient is not on the ledger' });
  const { operator } = device.trust.genesis;
  const request = newId(device.random);
  const operation = newId(device.random);
  const letters = [
    await sealLetter(device, { account: patient, boxKey: keys.boxKey }, 'request', content, operation),
    await sealLetter(device, operator, 'request', content, operation),
  ];
  await device.submit('request.make', { request, patient, purpose, commitment, groups, until }, letters, operation);
  return request;
}

/** A request that concerns me, with its words where they were sealed to me and are the ones committed to. */
export interface KnownRequest {
  request: RequestId;
  doctor: AccountId;
  patient: AccountId;
  purpose: string;
  groups: FieldGroup[];
  until: TimeMs;
  status: string;
  madeAt: TimeMs;
  expiresAt: TimeMs;
  words: LetterContent['words'] | undefined;
}

/** Requests that concern me, newest first. */
export async function listRequests(device: Device): Promise<KnownRequest[]> {
  const words: LetterContent[] = [];
  for await (const { kind, content } of myLetters(device)) if (kind === 'request' && content) words.push(content);
  const known: KnownRequest[] = [];
  for (let after: string | undefined; ; ) {
    const { requests, next } = await device.client.call('requests', { after });
    for (const { commitment, groups, ...request } of requests) {
      const fitting = words.find((content) => wordsFit(encodeCanonical(content.words), content.salt, commitment));
      known.push({ ...request, groups: groups as FieldGroup[], words: fitting?.words });
    }
    if (next === null) return known.sort((a, b) => b.madeAt - a.madeAt);
    after = next;
  }
}

/** What a patient allows. Everything left out is what was asked for. */
export interface Consenting {
  request: RequestId;
  groups?: FieldGroup[];
  until?: TimeMs;
  /** Roles it may be passed on to; none unless told. */
  delegateTo?: Grant['delegateTo'];
  /** Whether records that are there already are covered too; they are unless told. */
  existing?: boolean;
}

const RECORDS_PER_REQUEST = 48;

/**
 * Says yes to a request: slots and search entries for what is there already first, then the consent itself, so that it
 * covers all of them the moment it stands. Gives how many records it opened.
 */
export async function giveConsent(device: Device, consenting: Consenting): Promise<{ grant: string; records: number }> {
  const { client, trust } = device;
  const { request } = consenting;
  const [asked] = await trust.read(client, [requestKey(request)]);
  if (!asked) throw sdkError('request-unknown', { request });
  const grant: Grant = {
    id: newId(device.random),
    groups: consenting.groups ?? asked.groups,
    since: device.now(),
    until: consenting.until ?? asked.until,
    delegateTo: consenting.delegateTo ?? [],
    existing: consenting.existing ?? true,
    status: 'active',
  };
  const [keys] = await trust.read(client, [accountKey(asked.doctor)]);
  // The contracts decide whether this consent may be given; nothing is opened for one they would refuse.
  const mine = asked.patient === device.account && asked.status === 'verified';
  const reader = mine && keys && grant.existing ? { account: asked.doctor, keys, grant } : undefined;
  const place = { after: 0 };
  let records = reader ? await openExisting(device, reader, place) : 0;
  const { id, groups, until, delegateTo, existing } = grant;
  await device.submit('consent.give', { grant: id, request, groups, until, delegateTo, existing });
  // Another device of mine may have added some meanwhile, which knew nothing of this reader.
  if (reader) records += await openExisting(device, reader, place);
  // It rests on what others wrote: the request and its check. Should the server lose all three, this device brings them.
  await device.follow();
  return { grant: id, records };
}

/**
 * Slots and entries of all my records that a consent covers, a request of records at a time. The node takes one request in while
 * the slots of the next are made. `place` is where to begin among my records, and afterwards where to go on.
 */
export async function openExisting(device: Device, reader: Reader, place = { after: 0 }): Promise<number> {
  let count = 0;
  let sending: Promise<unknown> = Promise.resolve();
  for await (const page of pagesOf(existing(device, reader, place))) {
    const made = await makeSlots(device, [reader], page);
    await sending;
    sending = sendSlots(device, page, made);
    // Its failure is told to whoever waits for it.
    sending.catch(() => undefined);
    count += page.length;
  }
  await sending;
  return count;
}

async function* existing(device: Device, reader: Reader, place: { after: number }): AsyncGenerator<Shareable> {
  const records = myRecords(device, undefined, place);
  for await (const { record, group, generation, secret, origin, card, time } of records)
    if (reader.grant.groups.includes(group)) {
      const { topics, words } = card;
      yield { record, group, generation, secret, kappa: origin.kappa, year: yearOf(time), topics, words };
    }
}

async function* pagesOf(records: AsyncIterable<Shareable>): AsyncGenerator<Shareable[]> {
  let page: Shareable[] = [];
  for await (const record of records) {
    page.push(record);
    if (page.length < RECORDS_PER_REQUEST) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** Says no to a request. The reason goes to the doctor, sealed. */
export async function refuseRequest(device: Device, request: RequestId, reason: string): Promise<void> {
  const [asked] = await device.trust.read(device.client, [requestKey(request)]);
  if (!asked) throw sdkError('request-unknown', { request });
  await withReason(device, asked.doctor, reason, (commitment, letters, id) =>
    device.submit('request.reject', { request, reason: commitment }, letters, id),
  );
}

/** Sends a reason, sealed, with an operation that commits to it. */
export async function withReason<Result>(
  device: Device,
  to: AccountId,
  reason: string,
  submit: (commitment: Uint8Array, letters: Awaited<ReturnType<typeof sealLetter>>[], id: string) => Promise<Result>,
): Promise<Result> {
  const content: LetterContent = { salt: device.random(32), words: { text: reason, name: '' } };
  const [keys] = await device.trust.read(device.client, [accountKey(to)]);
  if (!keys) throw sdkError('answer-dishonest', { why: 'the account is not on the ledger' });
  const id = newId(device.random);
  const letter = await sealLetter(device, { account: to, boxKey: keys.boxKey }, 'reason', content, id);
  return submit(wordsCommitment(encodeCanonical(content.words), content.salt), [letter], id);
}

export const withdrawRequest = (device: Device, request: RequestId) => device.submit('request.withdraw', { request });

/** Stops sharing with a reader: works at their next read. What they opened before, they may have kept. */
export const revokeConsent = (device: Device, reader: AccountId) => device.submit('consent.revoke', { reader });

/** My consent to a reader, or theirs to me, as the ledger has it. */
export async function grantBetween(device: Device, patient: AccountId, reader: AccountId): Promise<Grant | undefined> {
  const [relation] = await device.trust.read(device.client, [relationKey(patient, reader)]);
  return relation?.grant ?? undefined;
}
