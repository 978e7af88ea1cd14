import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Bytes } from '@salus/base';
import { genesisFile } from '../genesis.ts';
import { restoredFile } from '../restored.ts';
import type { FileName } from './set.ts';

const STEP_BYTES = 1_048_576;

/** Where a node keeps what a backup has of it; its secrets are written by themselves, and pieces lie in the stores. */
export const pathOf = (directory: string, name: Exclude<FileName, 'secrets' | 'pieces'>): string =>
  ({
    genesis: genesisFile(directory),
    config: join(directory, 'node.json'),
    restored: restoredFile(directory),
    database: join(directory, 'salus.db'),
    blocks: join(directory, 'ledger', 'blocks.log'),
  })[name];

/** A file as it is now, piece by piece; what is appended meanwhile is left out. Nothing where there is no file. */
export async function* contentOf(path: string): AsyncGenerator<Bytes> {
  const file = await open(path, 'r').catch((thrown: unknown) => {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  });
  if (!file) return;
  try {
    const { size } = await file.stat();
    const step = new Uint8Array(STEP_BYTES);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(step, 0, Math.min(STEP_BYTES, size - at), at);
      if (bytesRead === 0) return;
      yield step.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Writes a new file piece by piece, on disk with its name when this returns. */
export async function writeContent(path: string, content: AsyncIterable<Bytes>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const bytes of content) await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

/** Makes new names in a folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
