import { describe, expect, it } from 'vitest';
import { Buffers } from '../src/buffers.ts';

const KIB = 1024;

describe('arrays that are used again', () => {
  it('are given out again once they were given back, and never to two at a time', () => {
    const buffers = new Buffers(10_000 * KIB);
    const [one, two] = [buffers.take(1_000 * KIB), buffers.take(1_000 * KIB)];
    expect(one.buffer).not.toBe(two.buffer);
    buffers.give(one);
    // A second time, or as a view of it: it is not there twice.
    buffers.give(one.subarray(5));
    const [three, four] = [buffers.take(990 * KIB), buffers.take(990 * KIB)];
    expect(three.buffer).toBe(one.buffer);
    expect(three).toHaveLength(990 * KIB);
    expect(four.buffer).not.toBe(one.buffer);
  });

  it('are only those that were taken here', () => {
    const buffers = new Buffers(10_000 * KIB);
    const theirs = new Uint8Array(1_024 * KIB);
    buffers.give(theirs);
    expect(buffers.take(1_024 * KIB).buffer).not.toBe(theirs.buffer);
  });

  it('are kept up to a limit', () => {
    const buffers = new Buffers(1_500 * KIB);
    const taken = [1, 2, 3].map(() => buffers.take(1_024 * KIB));
    for (const array of taken) buffers.give(array);
    const again = [1, 2, 3].map(() => buffers.take(1_024 * KIB).buffer);
    expect(taken.filter(({ buffer }) => again.includes(buffer))).toHaveLength(1);
  });
});
