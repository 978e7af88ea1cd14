import type { Bytes, TimeMs } from '@salus/base';

/** Content of a new record, or of a new version of one. */
export interface Content {
  kind: 'vitals' | 'document';
  title: string;
  fileName?: string;
  /** Known for vitals; decided by the first bytes for files. */
  mediaType?: string;
  time?: TimeMs;
  topics?: readonly string[];
  words?: readonly string[];
  /** What names this content on this device, such as a file's path, size and time: an upload cut off goes on where it was. */
  draft?: string;
  /** Read once, in pieces of any size. Each is used up before the next is asked for, so all may lie in one array. */
  body: () => AsyncIterable<Bytes>;
}

/** Where work stands, for whoever waits: what is being done, and how far. */
export interface Progress {
  step: 'protecting' | 'sending' | 'writing-down';
  doneBytes: number;
}
