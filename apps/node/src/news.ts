import type { AccountId } from '@salus/base';

/** That something changed, not what: listeners come and look. */
export interface NewsItem {
  kind: string;
  height: number;
  operation: string;
}

const WAITING_LIMIT = 1_000;

/** Tells connected devices what concerns their account. A listener that falls behind is dropped and comes back. */
export class News {
  readonly #listeners = new Map<AccountId, Set<(item: NewsItem) => void>>();

  tell(accounts: Iterable<AccountId>, item: NewsItem): void {
    for (const account of accounts) for (const listener of this.#listeners.get(account) ?? []) listener(item);
  }

  get listeners(): number {
    let count = 0;
    for (const set of this.#listeners.values()) count += set.size;
    return count;
  }

  /** Items from now on, until the signal aborts. */
  async *listen(account: AccountId, signal: AbortSignal): AsyncGenerator<NewsItem> {
    const waiting: NewsItem[] = [];
    let wake = () => {};
    const listener = (item: NewsItem) => {
      waiting.push(item);
      wake();
    };
    const listeners = this.#listeners.get(account) ?? new Set();
    this.#listeners.set(account, listeners.add(listener));
    signal.addEventListener('abort', () => wake());
    try {
      while (!signal.aborted && waiting.length <= WAITING_LIMIT) {
        while (waiting.length > 0) yield waiting.shift()!;
        if (signal.aborted) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(account);
    }
  }
}
