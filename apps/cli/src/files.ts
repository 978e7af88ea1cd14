import { type FileHandle, mkdir, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type Content, letGo } from '@salus/sdk';
import { cliError } from './errors.ts';

const READ_BYTES = 1024 * 1024;

/** A file of this machine as the content of a record. */
export async function contentOfFile(
  file: string,
  more: { title?: string; topics?: string[]; words?: string[]; name?: string } = {},
): Promise<Content> {
  const found = await stat(file).catch((thrown: Error) => {
    throw cliError('file-unreadable', { file, why: thrown.message });
  });
  if (!found.isFile()) throw cliError('file-unreadable', { file, why: 'it is not a file' });
  const fileName = safeName(more.name ?? basename(file));
  return {
    kind: 'document',
    title: more.title ?? fileName.slice(-200),
    fileName,
    time: Math.floor(found.mtimeMs),
    draft: `${resolve(file)} ${found.size} ${found.mtimeMs}`,
    ...(more.topics ? { topics: more.topics } : {}),
    ...(more.words ? { words: more.words } : {}),
    body: () => piecesOf(file),
  };
}

/** A file's bytes, all read into one array: a fresh one for each piece is what reading a large file would cost most. */
async function* piecesOf(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file);
  try {
    const piece = new Uint8Array(READ_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, piece.length);
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** Names may hold anything but control characters, which no list should have to show. */
const safeName = (name: string): string => name.replace(/\p{Cc}/gu, '�').slice(-1_024);

/** All files below a folder, by their path in it, in one order everywhere. Throws `file-unreadable`. */
export async function filesBelow(directory: string): Promise<{ file: string; name: string }[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((thrown: Error) => {
    throw cliError('file-unreadable', { file: directory, why: thrown.message });
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ file, name: relative(directory, file) }));
}

/** Writes content to a new file; an existing one is never overwritten. */
export async function writeContent(content: AsyncIterable<Uint8Array>, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'wx', 0o600).catch((thrown: Error) => {
    if ('code' in thrown && thrown.code === 'EEXIST')
      throw cliError('argument-wrong', { why: `${file} is there already.` });
    throw thrown;
  });
  try {
    await writePieces(handle, content);
  } finally {
    await handle.close();
  }
}

/** One piece is written while the next is fetched and opened; what was written is given back. */
async function writePieces(handle: FileHandle, content: AsyncIterable<Uint8Array>): Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  for await (const piece of content) {
    await writing;
    writing = handle.writeFile(piece).then(() => letGo(piece));
    // Its failure is told to whoever waits for it.
    writing.catch(() => undefined);
  }
  await writing;
}
