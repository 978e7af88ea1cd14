import { isSalusError } from '@salus/base';
import type { Logger } from 'pino';

/** What is done again and again. */
export interface Round {
  /** For the log. */
  name: string;
  everyMs: number;
  work(): Promise<void>;
  /** Begins with a round, and not with a pause. */
  atOnce?: boolean;
}

/**
 * Does something every so often, one round at a time: what is due while a round is under way is left out. A round that fails with
 * an error of ours is logged, and tried again in the next one. Returns how to stop, after the round under way.
 */
export function regularly(
  log: Pick<Logger, 'warn'>,
  { name, everyMs, work, atOnce = false }: Round,
): () => Promise<void> {
  let round: Promise<void> | undefined;
  const begin = () => {
    round ??= work()
      .catch((thrown: unknown) => {
        if (!isSalusError(thrown)) throw thrown;
        log.warn({ code: thrown.code }, `${name} postponed`);
      })
      .finally(() => {
        round = undefined;
      });
  };
  if (atOnce) begin();
  const timer = setInterval(begin, everyMs).unref();
  return async () => {
    clearInterval(timer);
    await round;
  };
}
