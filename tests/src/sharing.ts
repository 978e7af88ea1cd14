import { utf8 } from '@salus/base';
import {
  type Added,
  addRecords,
  type Content,
  type Delegating,
  type Device,
  delegate,
  type Found,
  giveConsent,
  openFound,
  requestAccess,
  searchWords,
  verifyRequest,
} from '@salus/sdk';
import { DAY_MS } from './clock.ts';
import type { Hospital } from './hospital.ts';

/** A text document. Its title and first words are searchable. */
export const note = (
  text: string,
  { topics = [], words = [] }: { topics?: string[]; words?: string[] } = {},
): Content => ({
  kind: 'document',
  title: text.slice(0, 60),
  fileName: 'note.txt',
  topics,
  words,
  body: async function* body() {
    yield utf8(text);
  },
});

/** Adds records of a patient's own. */
export async function add(device: Device, ...contents: Content[]): Promise<Added[]> {
  const added: Added[] = [];
  for await (const one of addRecords(device, contents)) added.push(one);
  return added;
}

/** A request from a doctor, verified by the operator: the patient may answer it. */
export async function verifiedRequest(hospital: Hospital, doctor: Device, patient: Device): Promise<string> {
  const request = await requestAccess(doctor, {
    patient: patient.account,
    purpose: 'treatment',
    words: 'Chest pain since Monday',
    groups: ['document', 'vitals'],
    until: hospital.clock.now() + 300 * DAY_MS,
  });
  await verifyRequest(hospital.operator, request);
  return request;
}

/** A doctor with a patient's consent, who may share with doctors. Gives the grant's id. */
export async function consented(hospital: Hospital, doctor: Device, patient: Device): Promise<string> {
  const request = await verifiedRequest(hospital, doctor, patient);
  const { grant } = await giveConsent(patient, { request, delegateTo: ['doctor'] });
  return grant;
}

/** A delegation by a doctor for a week. Gives its id. */
export async function delegated(
  hospital: Hospital,
  from: Device,
  to: Device,
  topic: string,
  more: Partial<Delegating> = {},
): Promise<string> {
  const until = hospital.clock.now() + 7 * DAY_MS;
  return (await delegate(from, { to: to.account, topic, until, ...more })).delegation;
}

/** Texts of everything a reader finds by a word and opens. */
export async function readAll(device: Device, word: string): Promise<string[]> {
  const found: Found[] = await searchWords(device, [word]);
  const texts: string[] = [];
  for (const { content } of await openFound(device, found, 'treatment')) texts.push(await textOf(content()));
  return texts.sort();
}

export async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const bytes of content) parts.push(bytes);
  return Buffer.concat(parts).toString();
}
