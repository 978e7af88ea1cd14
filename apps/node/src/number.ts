import type { Random } from '@salus/base';

/** Digits of a number before its check digit: five at first, one more after so many numbers were found taken. */
const FIRST_DIGITS = 5;
const TRIES_PER_LENGTH = 20;

/**
 * A patient number: random digits and a check digit (ISO/IEC 7064 MOD 11,10, which finds every wrong digit and nearly
 * every swap of neighbours). Six digits at first; longer once most of those are taken.
 */
export function newNumber(random: Random, tries: number): string {
  const digits = FIRST_DIGITS + Math.floor(tries / TRIES_PER_LENGTH);
  let body = '';
  while (body.length < digits) {
    const [byte] = random(1);
    // 250 is the largest multiple of ten in a byte; the rest would favour low digits.
    if (byte! < 250) body += String(byte! % 10);
  }
  return body + checkDigit(body);
}

/** Whether a number's check digit fits. */
export const isNumber = (number: string): boolean =>
  /^\d{6,12}$/.test(number) && checkDigit(number.slice(0, -1)) === number.at(-1);

/** ISO/IEC 7064 MOD 11,10. */
export function checkDigit(body: string): string {
  let product = 10;
  for (const digit of body) {
    const sum = (product + Number(digit)) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return String((11 - product) % 10);
}
