import assert from 'node:assert/strict';
import { type HostileTarget, tryHostile } from './hostile.ts';

/** A target by its name, made when it is its turn, and how many inputs it gets unless told otherwise. */
export interface HostileCase {
  what: string;
  usual: number;
  make: () => HostileTarget | Promise<HostileTarget>;
}

/**
 * One test for each thing that takes bytes from outside: all hostile inputs are taken or refused with an error of ours.
 * `told` is another number of inputs for each. Needs no test framework: give each claim to your own, with its time.
 */
export function hostileSuite(cases: readonly HostileCase[], told: string | undefined) {
  return cases.map(({ what, usual, make }) => {
    const count = told === undefined ? usual : Number(told);
    return {
      claim: `${what} takes or refuses ${count.toLocaleString('en')} hostile inputs`,
      // Pairings take a millisecond or two, a whole restore 40; a busy machine some times as much.
      timeoutMs: 120_000 + count * 200,
      check: async () => {
        const { refused } = await tryHostile(await make(), what, count);
        assert.ok(refused.size > 0, 'some of them were refused');
      },
    };
  });
}
