import { acceptRestored, myRecords, openOwn, type ProfileStore, resume } from '@salus/sdk';
import type { Io } from './io.ts';

/** What an owner opened on a restored node. */
export interface RehearsedOpening {
  title: string;
  sizeBytes: number;
}

/** A profile that is read and stays as it is: what a device writes is gone with this object. */
function untouched(profile: ProfileStore): ProfileStore {
  const written = new Map<string, Uint8Array | undefined>();
  return {
    get: async (name) => (written.has(name) ? written.get(name) : profile.get(name)),
    put: async (name, value) => void written.set(name, value),
    delete: async (name) => void written.set(name, undefined),
  };
}

/**
 * Opens the newest record of an owner, all of it, on a restored node at `url`, once owner and operator have shown it what they
 * saw, as after a true restore (decision 0015). Their profiles stay as they are. Undefined where the owner has no record there.
 */
export async function openRehearsed(io: Io, url: string, operator: string): Promise<RehearsedOpening | undefined> {
  const at = (profile: string) => {
    const surroundings = io.surroundings(profile);
    return { ...surroundings, node: url, store: untouched(surroundings.store) };
  };
  const owner = at(io.profile);
  for (const surroundings of [at(operator), owner]) await acceptRestored(surroundings);
  const device = await resume(owner);
  for await (const own of myRecords(device)) {
    const { content } = await openOwn(device, own);
    let sizeBytes = 0;
    for await (const bytes of content()) sizeBytes += bytes.length;
    return { title: own.card.title, sizeBytes };
  }
  return undefined;
}
