import { LIMITS } from '@salus/api';
import { type Bytes, isSalusError } from '@salus/base';
import { shownMessage, sign } from '@salus/schemes/keyless';
import type { Device } from './device.ts';
import type { Kept } from './drawer.ts';

/** What a restored server said to operations sent again. */
export interface SentAgain {
  /** How many it had lost and has now. */
  taken: number;
  /** Codes of those that it does not take, by operation. */
  refused: Map<string, string>;
}

/** In passes until nothing more is taken: of two that were written at once, one may rest on the other and stand before it. */
export async function sendAgain({ client }: Device, kept: readonly Kept[]): Promise<SentAgain> {
  const refused = new Map<string, string>();
  let taken = 0;
  for (let pass = kept, before = Number.POSITIVE_INFINITY; pass.length > 0 && pass.length < before; ) {
    before = pass.length;
    for (let at = 0; at < pass.length; ) {
      const page = pageOf(pass, at);
      at += page.length;
      const { outcomes } = await client.call('resend', { operations: page.map(({ operation }) => operation) });
      for (const { operation, code, added } of outcomes) {
        if (added) taken++;
        if (code === null) refused.delete(operation);
        else refused.set(operation, code);
      }
    }
    pass = pass.filter(({ id }) => refused.has(id));
  }
  return { taken, refused };
}

const RESEND_BYTES = LIMITS.requestBytes / 2;

/** As many as one request takes. */
function pageOf(kept: readonly Kept[], from: number): readonly Kept[] {
  let [to, bytes] = [from, 0];
  while (to < kept.length && to - from < LIMITS.page && bytes < RESEND_BYTES) bytes += kept[to++]!.operation.length;
  return kept.slice(from, to);
}

/** Shows a header to the restored server. Gives whom it still waits for; undefined where it does not know this device. */
export async function show(device: Device, restoration: string, header: Bytes) {
  const { client, trust, identity } = device;
  const message = shownMessage(trust.network, restoration, identity.account, header);
  const signature = await sign(identity.device.seed, message);
  try {
    return (await client.call('showNewest', { restoration, header, signature })).waitingFor;
  } catch (thrown) {
    if (isSalusError(thrown, 'shown-refused')) return undefined;
    throw thrown;
  }
}
