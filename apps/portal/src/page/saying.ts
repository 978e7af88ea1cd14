const DAY_MS = 86_400_000;
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' });

/** "21 Nov 2026, 14:05"; within this day only the time. */
export const whenOf = (time: number, today: string, now = Date.now()): string =>
  now - time < DAY_MS && new Date(now).getDate() === new Date(time).getDate()
    ? `${today} ${clock.format(time)}`
    : full.format(time);

export const fullTime = (time: number): string => full.format(time);
export const inDays = (days: number): number => Date.now() + days * DAY_MS;
export const daysUntil = (time: number): number => Math.max(0, Math.round((time - Date.now()) / DAY_MS));

/** "3.4 MB". */
export function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const steps = ['kB', 'MB', 'GB'];
  let size = bytes / 1_000;
  let step = 0;
  for (; size >= 1_000 && step < 2; step++) size /= 1_000;
  return `${size.toFixed(size < 10 ? 1 : 0)} ${steps[step]}`;
}

/** First digits of an id, for tables. */
export const short = (id: string): string => id.slice(0, 8);
