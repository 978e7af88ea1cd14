import type { Seen } from '@salus/sdk';

/** One fetched reply and, for scoring, the route it came by. */
export interface Labelled {
  seen: Seen;
  delegated: boolean;
}

/**
 * How many routes are guessed right from the replies alone. What repeats betrays a grant: a reply whose E stands in
 * another reply is called delegated. Where nothing repeats, each is called what the nearest other reply was, by the
 * bytes. With as many of each route, chance gets half.
 */
export function guessedRight(replies: readonly Labelled[]): number {
  const keys = replies.map(({ seen }) => text(seen.E));
  const repeats = new Set(keys.filter((key, i) => keys.indexOf(key) !== i));
  return replies.filter(
    ({ delegated }, i) => (repeats.size > 0 ? repeats.has(keys[i]!) : nearest(replies, i)) === delegated,
  ).length;
}

function nearest(replies: readonly Labelled[], i: number): boolean {
  let best = Number.POSITIVE_INFINITY;
  let guess = false;
  for (const [j, other] of replies.entries()) {
    const distance = j === i ? Number.POSITIVE_INFINITY : distanceOf(replies[i]!.seen, other.seen);
    if (distance >= best) continue;
    best = distance;
    guess = other.delegated;
  }
  return guess;
}

function distanceOf(a: Seen, b: Seen): number {
  let sum = 0;
  for (const part of ['E', 'c2', 'lock'] as const) {
    for (let i = 0; i < a[part].length; i++) sum += (a[part][i]! - b[part][i]!) ** 2;
  }
  return sum;
}

/** Whether any part of any two replies is the same. */
export function anythingRepeats(replies: readonly Seen[]): boolean {
  const parts = replies.flatMap(({ E, c2, lock }) => [text(E), text(c2), text(lock)]);
  return new Set(parts).size < parts.length;
}

/** Whether all replies have one form: the same parts, each of one length. */
export const sameForm = (replies: readonly Seen[]): boolean =>
  new Set(replies.map(({ E, c2, lock }) => `${E.length} ${c2.length} ${lock.length}`)).size === 1;

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
