import type { Device } from '@salus/sdk';
import { Hospital, type Person } from './hospital.ts';
import { add, consented, delegated, note } from './sharing.ts';

/** A hospital where something is shared: a patient, her doctor, and the doctor's colleague to whom one topic is delegated. */
export interface Ward {
  hospital: Hospital;
  /** The patient. */
  meera: Person;
  /** Her doctor, by consent; may share with doctors. */
  rao: Person;
  /** The doctor's colleague. */
  shah: Person;
  /** Records by the word that finds each: `heart` is under the delegated topic, `skin` is not. */
  records: { heart: string; skin: string };
  delegation: string;
}

export const TOPIC = 'cardiology';

export async function openWard(): Promise<Ward> {
  const hospital = await Hospital.open();
  const [meera, rao, shah] = [
    await hospital.patient('Meera Nair'),
    await hospital.doctor('Arjun Rao'),
    await hospital.doctor('Nila Shah'),
  ];
  const [heart, skin] = await add(
    meera.device,
    note('heart murmur', { topics: [TOPIC] }),
    note('skin rash', { topics: ['dermatology'] }),
  );
  await consented(hospital, rao.device, meera.device);
  const delegation = await delegated(hospital, rao.device, shah.device, TOPIC);
  return { hospital, meera, rao, shah, records: { heart: heart!.record, skin: skin!.record }, delegation };
}

/** Makes a node lie to one device: what it answers to a route is changed on the way. */
export async function lyingOn<Result>(
  device: Device,
  name: string,
  lie: (reply: never, body: never) => unknown,
  run: () => Promise<Result>,
): Promise<Result> {
  const { client } = device;
  const call = client.call.bind(client) as (...given: unknown[]) => Promise<unknown>;
  client.call = (async (...given: unknown[]) => {
    const reply = await call(...given);
    return given[0] === name ? lie(reply as never, given[1] as never) : reply;
  }) as never;
  try {
    return await run();
  } finally {
    Reflect.deleteProperty(client, 'call');
  }
}
