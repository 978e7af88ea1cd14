import { acceptRestored, type CaughtUp, caughtUp } from '@salus/sdk';
import { store, surroundings } from '../surroundings.ts';

const READ = 'caught-up-read';

/** What the page says of a restored server: when, what was sent again, what is gone, whom it waits for. */
export interface RestoredNotice
  extends Pick<CaughtUp, 'backedUpAt' | 'sentAgain' | 'waitingFor' | 'addedSince' | 'shown'> {
  restoration: string;
  /** Titles of my records that must be added again. */
  records: string[];
  /** How many other things are gone. */
  others: number;
  later: number;
}

const noticeOf = ({ missing, pending, ...report }: CaughtUp): RestoredNotice => {
  const records = missing.filter(({ record }) => record !== undefined);
  return {
    restoration: report.restoration,
    backedUpAt: report.backedUpAt,
    sentAgain: report.sentAgain,
    waitingFor: report.waitingFor,
    addedSince: report.addedSince,
    shown: report.shown,
    records: [...new Set(records.map(({ title, record }) => title ?? record!))],
    others: missing.length - records.length,
    later: pending.length,
  };
};

/** Verbs after a restore of the server. */
export const restoredVerbs = {
  /** What is to be said of the newest restore; undefined where there was none, or it was read and nothing is left. */
  async restored(): Promise<RestoredNotice | undefined> {
    const report = await caughtUp(store);
    if (!report) return undefined;
    const read = await store.get(READ);
    const notice = noticeOf(report);
    return read && new TextDecoder().decode(read) === markOf(notice) ? undefined : notice;
  },

  /** The person was told by the hospital and goes on. One at a time, also across tabs. */
  acceptRestored: (): Promise<void> =>
    navigator.locks.request('salus', async () => void (await acceptRestored(surroundings))) as Promise<void>,

  /** The person has read it: it is said again only when something has changed. */
  restoredRead: (notice: RestoredNotice): Promise<void> => store.put(READ, new TextEncoder().encode(markOf(notice))),
};

const markOf = ({ restoration, waitingFor, records, others, later }: RestoredNotice): string =>
  JSON.stringify([restoration, waitingFor, records.length, others, later]);
