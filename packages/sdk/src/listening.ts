import { type Bytes, checkShape, concat, field, text } from '@salus/base';
import { z } from 'zod';
import type { Device } from './device.ts';
import { sdkError } from './errors.ts';

const newsItem = z.strictObject({ kind: field.text(64), height: field.uint(), operation: field.id() });

/** Something happened that concerns this account: its kind, and the operation that did it. */
export type NewsItem = z.output<typeof newsItem>;

/** A line of news has some 120 bytes. */
const LINE_LIMIT_BYTES = 4_096;
const NEWLINE = 10;

/** News for this account as they come, until the signal aborts or the connection ends. */
export async function* listen(device: Device, signal: AbortSignal): AsyncGenerator<NewsItem> {
  try {
    yield* newsIn(await device.client.stream('events', {}, {}, signal));
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

/** One item a line; an empty line is a sign of life. Throws `answer-dishonest`, `encoding-fields`. */
export async function* newsIn(stream: AsyncIterable<Bytes>): AsyncGenerator<NewsItem> {
  let held: Bytes = new Uint8Array(0);
  for await (const bytes of stream) {
    held = held.length > 0 ? concat(held, bytes) : bytes;
    for (let end = held.indexOf(NEWLINE); end >= 0; end = held.indexOf(NEWLINE)) {
      if (end > 0) yield checkShape('news', parsed(held.subarray(0, end)), newsItem);
      held = held.subarray(end + 1);
    }
    if (held.length > LINE_LIMIT_BYTES) throw sdkError('answer-dishonest', { why: 'news never end' });
  }
}

function parsed(line: Bytes): unknown {
  try {
    return JSON.parse(text(line));
  } catch {
    throw sdkError('answer-dishonest', { why: 'news are not readable' });
  }
}
