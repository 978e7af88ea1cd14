// The inner loop of content-defined chunking (src/holder/chunker.ts), in AssemblyScript.
// Memory: 256 random 64-bit numbers at 0, the chunk being gathered from BUFFER on.

/** Address of the gear table: one u64 for each byte value. */
export const TABLE: u32 = 0;
/** Address of the chunk being gathered. */
export const BUFFER: u32 = 65536;

/** Bytes that the hash reaches back: each is shifted out of 64 bits after so many more. */
const WINDOW: u32 = 64;

let least: u32 = 0;
let mean: u32 = 0;
let most: u32 = 0;
let hardLimit: u64 = 0;
let easyLimit: u64 = 0;
let hash: u64 = 0;

/** Sets sizes in bytes, and how many leading zero bits make a cut before and after the mean. */
export function configure(minimum: u32, average: u32, maximum: u32, hardBits: u32, easyBits: u32): void {
  least = minimum;
  mean = average;
  most = maximum;
  hardLimit = (<u64>1) << (64 - hardBits);
  easyLimit = (<u64>1) << (64 - easyBits);
  hash = 0;
}

/**
 * Reads bytes [from, to) of the chunk, which follow what was read before. Returns the length of the chunk if it ends
 * there, else 0.
 */
export function scan(from: u32, to: u32): u32 {
  let at = from;
  let h = hash;
  // Before this no cut is possible and nothing reaches the hash at a possible cut.
  const warm = least - WINDOW;
  if (from <= warm) {
    h = 0;
    at = warm < to ? warm : to;
  }
  for (const end = min(to, least - 1); at < end; at++) h = roll(h, at);
  for (const end = min(to, mean - 1); at < end; at++) {
    h = roll(h, at);
    if (h < hardLimit) return at + 1;
  }
  for (const end = min(to, most); at < end; at++) {
    h = roll(h, at);
    if (h < easyLimit) return at + 1;
  }
  hash = h;
  return at == most ? most : 0;
}

// @ts-ignore: decorator
@inline
function roll(h: u64, at: u32): u64 {
  return (h << 1) + load<u64>(TABLE + ((<u32>load<u8>(BUFFER + at)) << 3));
}
