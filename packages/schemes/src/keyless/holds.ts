import { isSalusError } from '@salus/base';

/** A claim about received bytes: bytes that cannot be read do not hold; a mistake of ours still throws. */
export function holds(claim: () => boolean): boolean {
  try {
    return claim();
  } catch (thrown) {
    if (isSalusError(thrown)) return false;
    throw thrown;
  }
}
