import type { BodyOf, RouteName, Routes } from '@salus/api';
import type { Device } from '@salus/sdk';

/** Thrown where a test cuts a device off: the device must treat it like a crash or a cut line. */
export class Cut extends Error {}

type Call = Device['client']['call'];

/**
 * Lets a device work up to its call of a route, keeps what it was about to send, and cuts it off there: before anything is
 * sent, or behind it, when the answer is lost.
 */
export async function cutAt<Name extends RouteName>(
  device: Device,
  name: Name,
  run: () => Promise<unknown>,
  sent: 'before' | 'behind' = 'before',
): Promise<BodyOf<Routes[Name]>> {
  const { client } = device;
  const call = client.call.bind(client) as (...given: unknown[]) => Promise<unknown>;
  let kept: BodyOf<Routes[Name]> | undefined;
  client.call = (async (...given: [RouteName, unknown]) => {
    if (given[0] !== name) return call(...given);
    kept = given[1] as BodyOf<Routes[Name]>;
    if (sent === 'behind') await call(...given);
    throw new Cut();
  }) as Call;
  try {
    await run();
  } catch (thrown) {
    if (!(thrown instanceof Cut)) throw thrown;
  } finally {
    Reflect.deleteProperty(client, 'call');
  }
  if (kept === undefined) throw new Error(`${name} was never called`);
  return kept;
}
