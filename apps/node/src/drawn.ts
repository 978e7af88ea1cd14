import { type Bytes, concat, type Random, u32 } from '@salus/base';
import { mac } from '@salus/schemes/keyless';

/**
 * Randomness that repeats for the same secret and parts. A keeper and the proxy draw from it for a committed read, so
 * that asking again repeats the same bytes without anything being stored (cryptography section 7). The parts must name
 * everything that the drawn values are mixed with: a draw never serves two different answers.
 */
export function drawnFrom(secret: Bytes, tag: string, ...parts: (Bytes | string)[]): Random {
  const seed = mac(secret, tag, ...parts);
  let counter = 0;
  return (lengthBytes) => {
    const blocks: Bytes[] = [];
    for (let have = 0; have < lengthBytes; have += 32) blocks.push(mac(seed, 'SALUS1/drawn', u32(counter++)));
    return concat(...blocks).subarray(0, lengthBytes);
  };
}
