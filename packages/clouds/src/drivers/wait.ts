import type { Clock } from '../clock.ts';
import { cloudsError } from '../errors.ts';

/** Resolves after so long. Throws `store-unavailable` as soon as the caller gives up. */
export function wait(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancelled = () => {
      stop();
      reject(cloudsError('store-unavailable', { why: 'cancelled' }));
    };
    const stop = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', cancelled);
      resolve();
    });
    if (signal?.aborted) cancelled();
    else signal?.addEventListener('abort', cancelled, { once: true });
  });
}
