import type { Bytes } from './bytes.ts';

const [BYTES, TEXT, LIST, MAP, TAG] = [2, 3, 4, 5, 6];

/**
 * Whether lists, maps and tags of a CBOR value stand in each other deeper than a limit. Looks at heads alone, keeps no more
 * than the limit, and ends where bytes are malformed: whoever decodes them says so. Linear in the number of heads.
 */
export function isNestedDeeper(bytes: Bytes, limit: number): boolean {
  /** Items still to come of each open list or map. */
  const open: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const major = bytes[at]! >> 5;
    const small = bytes[at]! & 31;
    const lengthBytes = small < 24 ? 0 : small < 28 ? 1 << (small - 24) : undefined;
    if (lengthBytes === undefined) return false;
    let argument = lengthBytes === 0 ? small : 0;
    for (let i = 1; i <= lengthBytes; i++) argument = argument * 256 + (bytes[at + i] ?? 0);
    at += 1 + lengthBytes;
    if (major === BYTES || major === TEXT) at += argument;
    if (open.length > 0) open[open.length - 1]!--;
    const items = major === LIST ? argument : major === MAP ? 2 * argument : major === TAG ? 1 : 0;
    if (items > 0) open.push(items);
    if (open.length > limit) return true;
    while (open.at(-1) === 0) open.pop();
  }
  return false;
}
