import {
  type Bytes,
  concat,
  decodeCanonical,
  encodeCanonical,
  field,
  fromHex,
  hex,
  type Random,
  u32,
} from '@salus/base';
import { z } from 'zod';
import { CHUNK_LIMIT_BYTES, type ChunkName } from './sealed.ts';

/** What a backup has of a node. A fixed list: no name of a file ever comes from a place. */
export const FILES = ['genesis', 'config', 'secrets', 'restored', 'database', 'blocks', 'pieces'] as const;
export type FileName = (typeof FILES)[number];

/** Longest set, opened: the parts of lists for some fifty terabytes. */
export const SET_LIMIT_BYTES = 2 * 1_048_576;
const PARTS_LIMIT = 25_000;

const fileSchema = z.strictObject({
  name: z.enum(FILES),
  sizeBytes: field.uint(),
  /** Lists of its chunks, one behind the other: together `REFERENCE_BYTES` for each. */
  lists: z.array(z.strictObject({ name: field.bytes(32), sizeBytes: field.uint(CHUNK_LIMIT_BYTES) })).max(PARTS_LIMIT),
});

const setSchema = z.strictObject({
  v: z.literal(1),
  /** Genesis hash: whose backup it is. */
  network: field.bytes(32),
  madeAt: field.timeMs(),
  /** Of the newest block in it. */
  height: field.uint(),
  /** That block's hash, which tells histories apart; null for a node that never started. */
  block: z.nullable(field.bytes(32)),
  files: z.array(fileSchema).max(FILES.length),
  /** Stripes whose pieces are in it, and how many could not be read; null where pieces were not asked for. */
  content: z.nullable(z.strictObject({ stripes: field.uint(), unread: field.uint() })),
});

/** A backup as of one moment: what belongs to it, by name. Whatever is not in a set does not exist. */
export type BackupSet = z.output<typeof setSchema>;
export type BackedUpFile = BackupSet['files'][number];

export const encodeSet = (set: Omit<BackupSet, 'v'>): Bytes => encodeCanonical({ v: 1, ...set });

/** Throws `encoding-…`. */
export const parseSet = (bytes: Bytes): BackupSet => decodeCanonical('backup set', bytes, setSchema, SET_LIMIT_BYTES);

/** Object name of a set: when it was made, to the millisecond, and eight digits that no other has. In order of time. */
export type SetId = string;

export const SET_PREFIX = 'set-';

export const newSetId = (madeAt: number, random: Random): SetId =>
  `${SET_PREFIX}${new Date(madeAt).toISOString().slice(0, 23).replaceAll(/[-:.]/g, '').replace('T', '-')}-${hex(random(4))}`;

/** A chunk as a list names it. */
export interface Reference {
  name: ChunkName;
  sizeBytes: number;
}

export const REFERENCE_BYTES = 36;

export const encodeReference = ({ name, sizeBytes }: Reference): Bytes => concat(fromHex(name), u32(sizeBytes));

/** References one behind the other, or undefined where the bytes are none. */
export function parseReferences(bytes: Bytes): Reference[] | undefined {
  if (bytes.length % REFERENCE_BYTES !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const references = Array.from({ length: bytes.length / REFERENCE_BYTES }, (_, i) => ({
    name: hex(bytes.subarray(i * REFERENCE_BYTES, i * REFERENCE_BYTES + 32)),
    sizeBytes: view.getUint32(i * REFERENCE_BYTES + 32),
  }));
  return references.every(({ sizeBytes }) => sizeBytes <= CHUNK_LIMIT_BYTES) ? references : undefined;
}
