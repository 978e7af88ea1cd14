import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeCanonical, encodeCanonical, field, isSalusError } from '@salus/base';
import { z } from 'zod';
import { nodeError } from '../errors.ts';
import { takeLock } from '../lock.ts';
import { readIfThere } from '../readIfThere.ts';
import { writeDurably } from '../writeDurably.ts';

/** Backups that nobody configured are noted under this name. */
export const BY_HAND = 'by-hand';

const noteSchema = z.strictObject({
  v: z.literal(1),
  /** The newest set that was written; null once somebody removed it. */
  set: z.nullable(field.text(100)),
  madeAt: field.timeMs(),
  /** Heights of the newest two, oldest first. */
  heights: z.array(field.uint()).min(1).max(2),
});

/** What a node remembers of its newest backup to a place: the place itself could show an older one. */
export type Note = z.output<typeof noteSchema>;

const NOTE_LIMIT_BYTES = 1_024;

/** Folder of a backup's own things: its note, its lock, and the copy of the database while it is being sent. */
export async function workFolder(directory: string, name: string): Promise<string> {
  const folder = join(directory, 'backups', name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** One run to a place at a time, in whatever process. Returns how to release it. Throws `backup-running`. */
export async function lockBackup(directory: string, name: string): Promise<() => Promise<void>> {
  try {
    return await takeLock(await workFolder(directory, name));
  } catch (thrown) {
    if (isSalusError(thrown, 'node-running')) throw nodeError('backup-running', { name, pid: thrown.facts.pid! });
    throw thrown;
  }
}

const noteFile = (directory: string, name: string) => join(directory, 'backups', name, 'note.cbor');

/** Undefined before the first. */
export async function readNote(directory: string, name: string): Promise<Note | undefined> {
  const bytes = await readIfThere(noteFile(directory, name));
  return bytes && decodeCanonical('the note of a backup', bytes, noteSchema, NOTE_LIMIT_BYTES);
}

export async function noteBackup(
  directory: string,
  name: string,
  { set, madeAt, height }: { set: string; madeAt: number; height: number },
): Promise<void> {
  const heights = [...((await readNote(directory, name))?.heights ?? []), height].slice(-2);
  await writeDurably(noteFile(directory, name), encodeCanonical({ v: 1, set, madeAt, heights } satisfies Note));
}

/** What was removed from here is not missed. */
export async function noteRemoved(directory: string, name: string, set: string): Promise<void> {
  const note = await readNote(directory, name);
  if (note?.set === set) await writeDurably(noteFile(directory, name), encodeCanonical({ ...note, set: null }));
}

/** The set that was written last, where a place of sets has it no longer though nobody removed it. */
export async function withheldFrom(
  directory: string,
  name: string,
  sets: { has(set: string): boolean },
): Promise<string | null> {
  // By hand, every backup may have gone to another place.
  const last = name === BY_HAND ? undefined : await readNote(directory, name);
  return last?.set && !sets.has(last.set) ? last.set : null;
}

/** Under a new recovery key everything begins anew, in other places. */
export const forgetNotes = (directory: string): Promise<void> =>
  rm(join(directory, 'backups'), { recursive: true, force: true });

/**
 * The height of the backup before the newest: should the newest turn out to be unreadable, devices still have everything
 * that came after the other. Of several places, the one that is furthest behind; backups by hand count where none is
 * configured. 0 while there are not two.
 */
export async function keepFrom(directory: string, configured: readonly string[]): Promise<number> {
  const counting = configured.length > 0 ? configured : [BY_HAND];
  const notes = await Promise.all(counting.map((name) => readNote(directory, name)));
  const heights = notes.map((note) => (note && note.heights.length === 2 ? note.heights[0]! : 0));
  return Math.min(...heights);
}
