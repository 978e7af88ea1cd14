import { type Device, searchDelegated } from '@salus/sdk';
import type { Hospital } from './hospital.ts';
import { add, consented, delegated, note, readAll } from './sharing.ts';

/**
 * Has people do what people do, so that most routes are called once: a patient adds a record, a doctor asks, finds and reads it, and
 * shares a topic with a colleague. Gives their devices: operator, patient, doctor, colleague.
 */
export async function everybodyAtWork(hospital: Hospital): Promise<Device[]> {
  const [meera, rao, shah] = [
    (await hospital.patient('Meera Nair')).device,
    (await hospital.doctor('Arjun Rao')).device,
    (await hospital.doctor('Nila Shah')).device,
  ];
  await add(meera, note('Known to everybody', { topics: ['cardiology'] }));
  await consented(hospital, rao, meera);
  await delegated(hospital, rao, shah, 'cardiology');
  await readAll(rao, 'known');
  await searchDelegated(shah, 'cardiology');
  return [hospital.operator, meera, rao, shah];
}
