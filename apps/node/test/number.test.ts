import { seededRandom } from '@salus/testkit';
import { describe, expect, it } from 'vitest';
import { checkDigit, isNumber, newNumber } from '../src/number.ts';

const random = seededRandom('numbers');

describe('patient numbers', () => {
  it('have six digits at first, more once many were found taken', () => {
    expect(newNumber(random, 0)).toMatch(/^\d{6}$/);
    expect(newNumber(random, 20)).toMatch(/^\d{7}$/);
  });

  it('every wrong digit is found by the check digit', () => {
    for (let tries = 0; tries < 50; tries++) {
      const number = newNumber(random, 0);
      expect(isNumber(number)).toBe(true);
      for (let i = 0; i < number.length; i++) {
        for (let digit = 0; digit < 10; digit++) {
          const mistyped = number.slice(0, i) + digit + number.slice(i + 1);
          expect(isNumber(mistyped)).toBe(mistyped === number);
        }
      }
    }
  });

  it('the check digit is that of ISO/IEC 7064 MOD 11,10, by the example of its section on hybrid systems', () => {
    expect(checkDigit('0794')).toBe('5');
  });
});
