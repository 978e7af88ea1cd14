import { type Person, registration } from '../fixture/people.ts';
import type { World } from '../fixture/world.ts';

type Refusal = Promise<{ code: string; facts: Record<string, unknown> }>;

/** An operation that is refused, in a world of its own. */
export interface Case {
  name: string;
  facts?: Record<string, unknown>;
  when(world: World): Refusal;
}

/** Operations that are refused with one code, by code. */
export type Cases = Record<string, Case[]>;

/** Keys of a person, as they are rotated to. */
export const rotation = (world: World, person: Person) => {
  const { role, device, ...keys } = registration(world.net, person, 'patient');
  return keys;
};
/** A doctor with an active grant on a patient who has a record, and a colleague. */
export async function clinic(world: World, changes: Parameters<World['grant']>[2] = {}) {
  const [doctor, colleague] = [await world.member('doctor'), await world.member('doctor')];
  const patient = await world.member('patient');
  const record = await world.record(patient);
  const grant = await world.grant(patient, doctor, changes);
  return { doctor, colleague, patient, record, grant };
}
export async function pair(world: World) {
  return { doctor: await world.member('doctor'), patient: await world.member('patient') };
}
export async function edited(world: World) {
  const author = await world.member('patient');
  const body = world.commitBody(author.account);
  await world.do(author, 'record.commit', body);
  const { record, group, bodyRoot } = body;
  const edit = { record, group, generation: 1, version: 2, previous: bodyRoot, bodyRoot: world.bytes() };
  return { author, body, edit };
}
