import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, decodeCanonical, encodeCanonical, field, type Id, type TimeMs } from '@salus/base';
import { type BlockHistory, parseBlock, parseHeader } from '@salus/ledger';
import { z } from 'zod';
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

/** Marks a folder as restored, behind what its backup said of earlier restorations. */
export async function markRestored(
  directory: string,
  source: string,
  { id, restoredAt }: { id: Id; restoredAt: TimeMs },
): Promise<void> {
  const before = await readRestored(source);
  const madeAt = (await readMade(source))?.madeAt ?? 0;
  const earlier = before ? [...before.earlier, heightOf(before.header)].slice(-EARLIER_LIMIT) : [];
  await writeRestored(directory, { v: 1, id, backedUpAt: madeAt, restoredAt, header: null, earlier });
}

const heightOf = (header: Bytes | null): number => (header ? parseHeader(header).header.height : 0);

const madeSchema = z.strictObject({ v: z.literal(1), madeAt: field.timeMs(), height: field.uint() });
const MADE = 'backup.cbor';

/** When a backup was made and the height of its newest block, as the backup says it. */
export const writeMade = (target: string, made: { madeAt: TimeMs; height: number }): Promise<void> =>
  writeDurably(join(target, MADE), encodeCanonical({ v: 1, ...made }));

async function readMade(source: string) {
  const bytes = await readIfThere(join(source, MADE));
  return bytes && decodeCanonical(MADE, bytes, madeSchema, FILE_LIMIT_BYTES);
}

const backupsSchema = z.array(field.uint()).max(2);
const BACKUPS = 'backups.cbor';

/** Remembers beside the node the heights of its two newest backups. */
export async function noteBackup(directory: string, height: number): Promise<void> {
  const heights = [...(await backupHeights(directory)), height].slice(-2);
  await writeDurably(join(directory, BACKUPS), encodeCanonical(heights));
}

/**
 * The height of the backup before the newest: should the newest turn out to be unreadable, devices still have everything
 * that came after the other. 0 while there are not two.
 */
export async function keepFrom(directory: string): Promise<number> {
  const heights = await backupHeights(directory);
  return heights.length < 2 ? 0 : Math.min(...heights);
}

async function backupHeights(directory: string): Promise<number[]> {
  const bytes = await readIfThere(join(directory, BACKUPS));
  return bytes ? decodeCanonical(BACKUPS, bytes, backupsSchema, FILE_LIMIT_BYTES) : [];
}

/** Height of the last whole block; 0 for none. Reads the whole log once. */
export function heightOfLog({ blocks }: BlockHistory): number {
  let newest: Bytes | undefined;
  for (const block of blocks) newest = block;
  return newest ? parseBlock(newest).header.header.height : 0;
}

async function readIfThere(file: string): Promise<Bytes | undefined> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}
