import { isSalusError, type SalusError } from '@salus/base';

/** The error of something that must be refused with one of ours; anything else fails the test as it is. */
export async function refused(run: () => Promise<unknown>): Promise<SalusError> {
  try {
    await run();
  } catch (thrown) {
    if (isSalusError(thrown)) return thrown;
    throw thrown;
  }
  throw new Error('it was accepted');
}

/** Its code. */
export const refusal = async (run: () => Promise<unknown>): Promise<string> => (await refused(run)).code;
