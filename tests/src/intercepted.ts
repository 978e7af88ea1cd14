import type { BodyOf, RouteName, Routes } from '@salus/api';
import { Client } from '@salus/sdk';

/** Thrown where a test cuts a device off: the device must treat it like a crash or a cut line. */
export class Cut extends Error {}

type Call = Client['call'];
type AnyCall = (this: Client, ...given: unknown[]) => Promise<unknown>;

/** For a device that does not exist yet: whichever client calls. */
export const anyDevice = { client: Client.prototype };

/**
 * Lets a device work up to its call of a route, keeps what it was about to send, and cuts it off there: before anything is
 * sent, or behind it, when the answer is lost.
 */
export async function cutAt<Name extends RouteName>(
  { client }: { client: Client },
  name: Name,
  run: () => Promise<unknown>,
  sent: 'before' | 'behind' = 'before',
): Promise<BodyOf<Routes[Name]>> {
  const call = client.call as AnyCall;
  const owned = Object.hasOwn(client, 'call');
  let kept: BodyOf<Routes[Name]> | undefined;
  client.call = async function cutting(this: Client, ...given: unknown[]) {
    if (given[0] !== name) return call.apply(this, given);
    kept = given[1] as BodyOf<Routes[Name]>;
    if (sent === 'behind') await call.apply(this, given);
    throw new Cut();
  } as Call;
  try {
    await run();
  } catch (thrown) {
    if (!(thrown instanceof Cut)) throw thrown;
  } finally {
    if (owned) client.call = call as Call;
    else Reflect.deleteProperty(client, 'call');
  }
  if (kept === undefined) throw new Error(`${name} was never called`);
  return kept;
}

/** Every id and byte string that any device sends or receives while something runs. */
export async function trafficOf(run: () => Promise<unknown>): Promise<{ ids: string[]; bytes: Uint8Array[] }> {
  const call = Client.prototype.call as AnyCall;
  const ids = new Set<string>();
  const bytes = new Map<string, Uint8Array>();
  const collect = (value: unknown): void => {
    if (value instanceof Uint8Array) bytes.set(Buffer.from(value).toString('base64'), value.slice());
    else if (typeof value === 'string' && /^[0-9a-f]{32}$/.test(value)) ids.add(value);
    else if (value !== null && typeof value === 'object') for (const part of Object.values(value)) collect(part);
  };
  Client.prototype.call = async function collecting(this: Client, ...given: unknown[]) {
    const reply = await call.apply(this, given);
    collect([given.slice(1), reply]);
    return reply;
  } as Call;
  try {
    await run();
  } finally {
    Client.prototype.call = call as Call;
  }
  return { ids: [...ids], bytes: [...bytes.values()] };
}
