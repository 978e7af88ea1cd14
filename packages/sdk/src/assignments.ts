import { type AccountId, encodeCanonical, newId, type TimeMs } from '@salus/base';
import { accountKey, assignmentKey } from '@salus/contracts';
import { wordsCommitment, wordsFit } from '@salus/schemes/keyless';
import type { Device } from './device.ts';
import { sdkError } from './errors.ts';
import { type LetterContent, myLetters, sealLetter } from './letters.ts';
import { listAccounts } from './operator.ts';

/** A patient on a doctor's list. */
export interface AssignedPatient {
  account: AccountId;
  since: TimeMs;
  /** As the operator introduced them; undefined where that cannot be read or is not what the ledger commits to. */
  known: { name: string; number: string } | undefined;
}

/** Puts a patient on a doctor's list, and introduces them to the doctor by name and number, sealed. It permits nothing. */
export async function assign(device: Device, doctor: AccountId, patient: AccountId) {
  const content: LetterContent = {
    salt: device.random(32),
    words: { text: '', ...(await introductionOf(device, patient)) },
  };
  const introduction = wordsCommitment(encodeCanonical(content.words), content.salt);
  const [keys] = await device.trust.read(device.client, [accountKey(doctor)]);
  if (!keys) throw sdkError('account-unknown', { account: doctor });
  const id = newId(device.random);
  const letter = await sealLetter(device, { account: doctor, boxKey: keys.boxKey }, 'introduction', content, id);
  return device.submit('assignment.start', { doctor, patient, introduction }, [letter], id);
}

export const endAssignment = (device: Device, doctor: AccountId, patient: AccountId) =>
  device.submit('assignment.end', { doctor, patient });

async function introductionOf(device: Device, account: AccountId): Promise<{ name: string; number: string }> {
  for await (const { number, profile } of listAccounts(device, { account }))
    return { name: profile?.name ?? '', number };
  throw sdkError('account-unknown', { account });
}

/** The patients on a doctor's list, with who they are as far as the operator's sealed words fit what the ledger has. */
export async function assignedPatients(device: Device): Promise<AssignedPatient[]> {
  const { assignments } = await device.client.call('assignments', {});
  const patients = assignments.filter(({ doctor }) => doctor === device.account).map(({ patient }) => patient);
  const introductions: LetterContent[] = [];
  for await (const { kind, content } of myLetters(device))
    if (kind === 'introduction' && content) introductions.push(content);
  const held = await device.trust.read(
    device.client,
    patients.map((patient) => assignmentKey(device.account, patient)),
  );
  return patients.flatMap((account, i) => {
    const assignment = held[i];
    if (assignment?.status !== 'active') return [];
    const words = introductions.find(({ words, salt }) =>
      wordsFit(encodeCanonical(words), salt, assignment.introduction),
    )?.words;
    const known = words && { name: words.name, number: words.number ?? '' };
    return [{ account, since: assignment.since, known }];
  });
}
