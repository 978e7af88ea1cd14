import { type Device, listRequests } from '@salus/sdk';

/** Who somebody is, as far as this device was told. */
export interface Person {
  name: string;
  email: string;
  hospital: string;
}

/** Names of doctors by account, from the letters they sealed with their requests. */
export async function doctorsOf(device: Device): Promise<Map<string, Person>> {
  const names = new Map<string, Person>();
  for (const { doctor, words } of await listRequests(device))
    if (words?.name && !names.has(doctor))
      names.set(doctor, { name: words.name, email: words.email ?? '', hospital: words.hospital ?? '' });
  return names;
}
