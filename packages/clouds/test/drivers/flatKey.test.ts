import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyOf, nameOfKey } from '../../src/drivers/flatKey.ts';

const names = fc.stringMatching(/^[0-9a-z./-]{1,20}$/);

it('keeps the order of names, and tells them apart, without a slash', () => {
  fc.assert(
    fc.property(names, names, (one, other) => {
      expect(keyOf(one) < keyOf(other)).toBe(one < other);
      expect(keyOf(one)).not.toContain('/');
      expect(nameOfKey(keyOf(one))).toBe(one);
    }),
  );
  // spec/stores.md
  expect(keyOf('a/b-c.d')).toBe('a.b!c-d');
});

it('gives a name outside the grammar for a key with anything else in it', () => {
  for (const key of ['a/b', 'a_b', 'A', 'a b']) expect(nameOfKey(key)).not.toMatch(/^[0-9a-z./-]+$/);
});
