import { join } from 'node:path';
import { type Bytes, decodeCanonical, encodeCanonical, field, type Id, type TimeMs } from '@salus/base';
import { parseHeader } from '@salus/ledger';
import { z } from 'zod';
import { readIfThere } from './readIfThere.ts';
import { writeDurably } from './writeDurably.ts';

const FILE_LIMIT_BYTES = 8_192;
/** At most so many restorations one behind the other; the ledger's statement has room for as many. */
const EARLIER_LIMIT = 64;

const restoredSchema = z.strictObject({
  v: z.literal(1),
  id: field.id(),
  /** 0 where the backup does not say: then the time of its newest block stands for it. */
  backedUpAt: field.timeMs(),
  restoredAt: field.timeMs(),
  /** Signed header of the newest block that was there; null until the first start has read the log. */
  header: z.nullable(field.bytesUpTo(2_048)),
  /** Heights of earlier restorations of the same history. */
  earlier: z.array(field.uint()).max(EARLIER_LIMIT),
});

/** That a node's folder was restored from a backup. Written before the folder is a whole node, so no node serves without it. */
export type Restored = z.output<typeof restoredSchema>;

const NAME = 'restored.cbor';
export const restoredFile = (directory: string): string => join(directory, NAME);

/** Undefined where the folder never was restored. Throws `encoding-*` where the file was damaged. */
export async function readRestored(directory: string): Promise<Restored | undefined> {
  const bytes = await readIfThere(restoredFile(directory));
  return bytes && decodeCanonical(NAME, bytes, restoredSchema, FILE_LIMIT_BYTES);
}

export const writeRestored = (directory: string, restored: Restored): Promise<void> =>
  writeDurably(restoredFile(directory), encodeCanonical(restored));

/** Marks a folder as restored, behind what its backup said of earlier restorations. Without `backedUpAt` its newest block's time counts. */
export async function markRestored(
  directory: string,
  { id, restoredAt, backedUpAt = 0 }: { id: Id; restoredAt: TimeMs; backedUpAt?: TimeMs },
): Promise<void> {
  const before = await readRestored(directory);
  const earlier = before ? [...before.earlier, heightOf(before.header)].slice(-EARLIER_LIMIT) : [];
  await writeRestored(directory, { v: 1, id, backedUpAt, restoredAt, header: null, earlier });
}

const heightOf = (header: Bytes | null): number => (header ? parseHeader(header).header.height : 0);
