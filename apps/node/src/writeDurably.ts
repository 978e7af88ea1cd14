import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from '@salus/base';

/** Writes a whole file or nothing: temporary file, fsync, rename, fsync of the folder. */
export async function writeDurably(file: string, bytes: Bytes, mode = 0o644): Promise<void> {
  const temporary = `${file}.part`;
  const handle = await open(temporary, 'w', mode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  const folder = await open(join(file, '..'), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
