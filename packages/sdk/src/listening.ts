import { text } from '@salus/base';
import type { Device } from './device.ts';

/** Something happened that concerns this account: its kind, and the operation that did it. */
export interface NewsItem {
  kind: string;
  height: number;
  operation: string;
}

/** News for this account as they come, until the signal aborts or the connection ends. */
export async function* listen(device: Device, signal: AbortSignal): AsyncGenerator<NewsItem> {
  let held = '';
  try {
    for await (const bytes of await device.client.stream('events', {}, {}, signal)) {
      held += text(bytes);
      const lines = held.split('\n');
      held = lines.pop()!;
      for (const line of lines) if (line) yield JSON.parse(line) as NewsItem;
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}
