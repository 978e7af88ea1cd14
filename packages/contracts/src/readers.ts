import type { AccountId, Id, TimeMs } from '@salus/base';
import { need } from './need.ts';
import { accountKey } from './state/account.ts';
import { NO_READERS, type Patient, patientKey, READERS_LIMIT, type Reader } from './state/patient.ts';
import type { StateReader } from './state/reader.ts';
import type { CommittedRecord } from './state/record.ts';

/** Who may read a patient's records, and when somebody was last cut off. */
export const readersOf = (state: StateReader, patient: AccountId): Patient =>
  state.get(patientKey(patient)) ?? NO_READERS;

/**
 * Whether anyone lost access to the patient's records since the record's generation began: ended, ran out, or suspended.
 * A cut-off in the very block counts, since order inside a block is not kept. Reads one account per reader.
 */
export function cutOffSince(state: StateReader, record: CommittedRecord, time: TimeMs): boolean {
  const { cutAt, readers } = readersOf(state, record.patient);
  if (cutAt >= record.generationAt) return true;
  return readers.some(
    (reader) =>
      (reader.until <= time && reader.until >= record.generationTime) ||
      state.get(accountKey(reader.account))!.cutAt >= record.generationAt,
  );
}

/** The patient without the accesses named: whoever held one is cut off from here on. */
export const cutOff = (patient: Patient, vias: readonly Id[], height: number): Patient => ({
  cutAt: height,
  readers: patient.readers.filter((reader) => !vias.includes(reader.via)),
});

/**
 * The patient with one more access. Those that ran out make room; that they did is then kept as a cut-off, so that no
 * generation from before stays open. Rejects with `reader-limit`.
 */
export function addReader(
  id: AccountId,
  patient: Patient,
  reader: Reader,
  { height, time }: { height: number; time: TimeMs },
): Patient {
  const readers = patient.readers.filter(({ until }) => until > time);
  const cutAt = readers.length < patient.readers.length ? height : patient.cutAt;
  need(readers.length < READERS_LIMIT, 'reader-limit', { patient: id, limit: READERS_LIMIT });
  return { cutAt, readers: [...readers, reader] };
}
