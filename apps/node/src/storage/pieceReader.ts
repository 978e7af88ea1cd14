import { readFile } from 'node:fs/promises';
import { type Bytes, checkShape, hex, isSalusError } from '@salus/base';
import { gather, storeConfig } from '@salus/clouds';
import type { PieceReader } from '@salus/ledger';
import { z } from 'zod';
import { nodeError } from '../errors.ts';
import { openStoreOf } from '../stores.ts';

/** A file that describes stores as `node.json` does, which is one; what else it says is not read. */
const storesFile = z.object({ stores: z.array(storeConfig).min(1).max(32) });

/** How an auditor reads the clouds: by itself, whatever the node says. Only reads; credentials may allow no more. */
export interface PieceAccess {
  read: PieceReader;
  close(): Promise<void>;
}

/** Opens the stores of a file; their paths begin at `home`. A store that it does not name is one that does not answer. Throws `stores-unreadable`. */
export async function openPieceReader(file: string, home: string): Promise<PieceAccess> {
  const { stores } = await readStores(file);
  const opened = new Map(stores.map((config) => [config.name, openStoreOf(config, { home, readOnly: true })]));
  return {
    read: async (cloud, { root, sizeBytes }) => {
      const store = opened.get(cloud)?.store;
      if (!store) return 'away';
      // One byte more, so that a longer object shows.
      return answered(gather(store.get(hex(root), { lengthBytes: sizeBytes + 1 }), sizeBytes));
    },
    close: async () => void (await Promise.all([...opened.values()].map((one) => one.close()))),
  };
}

async function readStores(file: string): Promise<z.output<typeof storesFile>> {
  try {
    return checkShape('the stores', JSON.parse(await readFile(file, 'utf8')), storesFile);
  } catch (thrown) {
    throw nodeError('stores-unreadable', { file, why: thrown instanceof Error ? thrown.message : 'unknown' });
  }
}

/** Bytes that are no object's. */
const ALTERED: Bytes = new Uint8Array(0);

/** What a read says to an auditor. Rethrows what is no failure of a store. */
export async function answered(read: Promise<Bytes>): Promise<Bytes | 'gone' | 'away'> {
  try {
    return await read;
  } catch (thrown) {
    if (isSalusError(thrown, 'object-unknown')) return 'gone';
    if (isSalusError(thrown, 'object-oversized')) return ALTERED;
    if (isSalusError(thrown)) return 'away';
    throw thrown;
  }
}
