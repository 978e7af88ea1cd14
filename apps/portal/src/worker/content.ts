import { type Value, valuesOf } from './values.ts';

/** What a page shows of an opened record. */
export interface Shown {
  record: string;
  title: string;
  kind: 'vitals' | 'document';
  mediaType: string;
  fileName: string;
  sizeBytes: number;
  time: number;
  version: number;
  topics: string[];
  author: string;
  patient: string;
  values: Value[];
  medicalCentre: string;
  /** The content, typed only where it may be shown in place; anything else is for saving. */
  file: Blob;
}

/** Types that the page shows in place: none of them runs anything. */
const IN_PLACE = new Set(['application/pdf', 'image/png', 'image/jpeg', 'text/plain', 'text/csv']);

interface CardLike {
  title: string;
  kind: 'vitals' | 'document';
  mediaType: string;
  fileName?: string | undefined;
  sizeBytes: number;
  time: number;
  topics: string[];
}

interface RecordLike {
  card: CardLike;
  record: string;
  version: number;
  author: string;
  patient: string;
}

/** Only what is shown crosses to the page: what a record was opened with stays in the worker. */
export async function shown(of: RecordLike, content: AsyncIterable<Uint8Array>): Promise<Shown> {
  const parts: BlobPart[] = [];
  for await (const bytes of content) parts.push(bytes as Uint8Array<ArrayBuffer>);
  const { title, kind, mediaType, fileName = '', sizeBytes, time, topics } = of.card;
  const { record, version, author, patient } = of;
  const file = new Blob(parts, { type: IN_PLACE.has(mediaType) ? mediaType : 'application/octet-stream' });
  const read = kind === 'vitals' ? valuesOf(await file.text()) : undefined;
  return {
    ...{ record, version, author, patient },
    ...{ title, kind, mediaType, fileName, sizeBytes, time, topics, file },
    values: read?.values ?? [],
    medicalCentre: read?.medicalCentre ?? '',
  };
}
