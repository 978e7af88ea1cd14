import { cliError } from './errors.ts';

const DAY_MS = 86_400_000;

/** A time to come: `30d`, or a date `2027-01-31` (its end, UTC). Throws `argument-wrong`. */
export function untilOf(given: string | undefined, now: number, usual = '365d'): number {
  const text = given ?? usual;
  const days = /^(\d{1,4})d$/.exec(text);
  const time = days
    ? now + Number(days[1]) * DAY_MS
    : /^\d{4}-\d{2}-\d{2}$/.test(text)
      ? Date.parse(`${text}T23:59:59.999Z`)
      : Number.NaN;
  if (!(time > now))
    throw cliError('argument-wrong', { why: `${text} is not a time to come; give 30d or 2027-01-31.` });
  return time;
}
