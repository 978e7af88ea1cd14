import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Bytes } from '@salus/base';
import type { FileName } from './set.ts';

const STEP_BYTES = 1_048_576;

/** A file of a node's folder that a backup has; pieces lie in the stores. */
export type NodeFile = Exclude<FileName, 'pieces'>;

/** Where it lies in the folder. */
export const pathOf = (directory: string, name: NodeFile): string => join(directory, PATHS[name]);

const PATHS: Record<NodeFile, string> = {
  genesis: 'genesis.cbor',
  config: 'node.json',
  secrets: join('keys', 'node.cbor'),
  restored: 'restored.cbor',
  database: 'salus.db',
  blocks: join('ledger', 'blocks.log'),
};

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

/** Writes a new file piece by piece, readable by its owner alone, on disk with its name when this returns. */
export async function writeContent(path: string, content: AsyncIterable<Bytes>): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
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
