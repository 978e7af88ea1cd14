import type { Bytes } from '@salus/base';

/** Places as bits, first bit first; no bytes where there are none (spec/possession.md). */
export function bitmapOf(places: Iterable<number>, count: number): Bytes {
  const bytes = new Uint8Array(Math.ceil(count / 8));
  let any = false;
  for (const place of places) {
    bytes[place >> 3]! |= 0x80 >> (place & 7);
    any = true;
  }
  return any ? bytes : new Uint8Array(0);
}

/** The places below `count`, or undefined where the bytes are not what `bitmapOf` writes. */
export function placesIn(bitmap: Bytes, count: number): Set<number> | undefined {
  const places = new Set<number>();
  if (bitmap.length === 0) return places;
  if (bitmap.length !== Math.ceil(count / 8)) return undefined;
  for (let place = 0; place < 8 * bitmap.length; place++) {
    if ((bitmap[place >> 3]! & (0x80 >> (place & 7))) === 0) continue;
    if (place >= count) return undefined;
    places.add(place);
  }
  return places.size > 0 ? places : undefined;
}
