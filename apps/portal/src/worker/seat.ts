import { type Device, listen, restoredSince, resume } from '@salus/sdk';
import { refusal } from './failure.ts';
import { tell } from './news.ts';
import { store, surroundings } from './surroundings.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

let current: Device | undefined;
let hearing: AbortController | undefined;

/** The signed-in device. Throws `not-signed-in`. */
export async function seated(): Promise<Device> {
  if (!current) sit(await resume(surroundings));
  return current!;
}

/** The same, once more from the beginning where the server was restored meanwhile. Throws `ledger-restored`. */
export async function upToDate(): Promise<Device> {
  const device = await seated();
  if (!(await restoredSince(device))) {
    await device.follow();
    return device;
  }
  hearing?.abort();
  current = undefined;
  return seated();
}

/** Whether somebody is signed in on this browser; says so without asking the server. */
export const isTaken = async (): Promise<boolean> =>
  current !== undefined || (await store.get('identity')) !== undefined;

/** From now on verbs act with this device, and the page hears what concerns it. */
export function sit(device: Device): Device {
  hearing?.abort();
  hearing = new AbortController();
  current = device;
  void hear(device, hearing.signal);
  return device;
}

/** Signs out: this browser forgets every key it held. */
export async function leave(): Promise<void> {
  hearing?.abort();
  current = undefined;
  await store.erase();
}

/** News until the seat is left; a connection that ends is opened again, ever more slowly while nobody answers. */
async function hear(device: Device, signal: AbortSignal): Promise<void> {
  for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      for await (const _ of listen(device, signal)) {
        waitMs = FIRST_WAIT_MS;
        tell({ kind: 'connection', up: true });
        tell({ kind: 'changed' });
      }
    } catch {
      tell({ kind: 'connection', up: false });
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    if (!signal.aborted) tell({ kind: 'changed' });
  }
}

/** Work that reserves numbers on this device: one at a time, also across tabs. */
export function alone<Result>(work: (device: Device) => Promise<Result>): Promise<Result> {
  return navigator.locks.request('salus', async () => work(await seated())) as Promise<Result>;
}

/** The signed-in device if it has the role. */
export async function seatedAs(...roles: Device['identity']['role'][]): Promise<Device> {
  const device = await seated();
  if (!roles.includes(device.identity.role))
    throw refusal('role-other', 'This page is for other accounts.', 'Go back to your start page.');
  return device;
}
