import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkShape, errorTable, utf8 } from '@salus/base';
import { storeConfig } from '@salus/clouds';
import { SAMPLED_BLOCKS } from '@salus/schemes/keyless';
import { z } from 'zod';
import { backupConfigs } from './backups/config.ts';
import { writeDurably } from './writeDurably.ts';

/** `node/node.json`: what an operator may change by hand. */
export const nodeConfig = z.strictObject({
  host: z.string().max(200).default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535).default(8480),
  /**
   * Addresses (`https://records.example`) by which devices reach this node, beside the one it listens on: a session that
   * was signed for any other is refused.
   */
  origins: z
    .array(z.string().regex(/^https?:\/\/[^/\s]{1,200}$/))
    .max(32)
    .default([]),
  /** The clouds, and folders standing in for them; paths are relative to the home folder. See docs/operate/clouds.md. */
  stores: z.array(storeConfig).min(2).max(32),
  /** A store that has not read or written a piece, of a megabyte at most, after so long counts as failed. */
  storeTimeoutMs: z.number().int().min(100).max(600_000).default(30_000),
  /** Stores that are given nothing more and are being emptied. */
  draining: z.array(z.string().max(40)).max(32).default([]),
  dataShards: z.number().int().min(1).max(16).default(4),
  /** Pieces of a stripe; as many as there are stores unless told. Written when stores are added or removed. */
  totalShards: z.number().int().min(2).max(32).optional(),
  /** Pieces of a stripe that are flushed before an upload is acknowledged, while all stores answer; all but one unless told. */
  durableShards: z.number().int().min(1).max(32).optional(),
  /** Most pieces of a stripe in one region of `placement` in `stores`. */
  mostPerRegion: z.number().int().min(1).max(32).optional(),
  /** Calls a minute from one address. */
  perMinute: z.number().int().min(1).default(6_000),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Looks for damaged and missing pieces so often. */
  repairEveryMs: z.number().int().min(1_000).default(60_000),
  /** Reads every piece once in so long and makes again what is not as it was; a month unless told, since clouds charge for reading. */
  scanEveryMs: z.number().int().min(1_000).default(2_592_000_000),
  backups: backupConfigs,
  /** Tags and commits what is new so often, once storage checks are set up: each time costs an operation for each store. */
  tagEveryMs: z.number().int().min(1_000).default(300_000),
  /** Checks by itself, so often, that the stores still hold what they were given; a day unless told. */
  auditEveryMs: z.number().int().min(1_000).default(86_400_000),
  /** Blocks of each store in such a check: 460 find a loss of one in a hundred with 99 %. */
  auditBlocks: z.number().int().min(1).max(1_300).default(SAMPLED_BLOCKS),
});

export type NodeConfig = z.output<typeof nodeConfig>;

const configError = errorTable({
  'config-unreadable': {
    message: (f) => `${f.file} cannot be read: ${f.why}.`,
    fix: 'Repair the file, or restore it from a backup.',
  },
  'config-contradicts': {
    message: (f) => `${f.file} contradicts itself: ${f.why}.`,
    fix: 'Change one of the two; docs/operate/clouds.md says what they mean.',
  },
});

/** Six folder stores, four pieces of which suffice. */
export const defaultConfig = (): NodeConfig =>
  nodeConfig.parse({ stores: [1, 2, 3, 4, 5, 6].map((i) => ({ name: `store-${i}`, folder: `clouds/${i}` })) });

const fileIn = (directory: string) => join(directory, 'node.json');

/** Throws `config-unreadable`, `config-contradicts`, `encoding-fields`. */
export async function readConfig(directory: string): Promise<NodeConfig> {
  const file = fileIn(directory);
  try {
    const config = checkShape('node.json', JSON.parse(await readFile(file, 'utf8')), nodeConfig);
    const why = contradictionIn(config);
    if (why) throw configError('config-contradicts', { file, why });
    return config;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw configError('config-unreadable', { file, why: thrown.message });
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')
      throw configError('config-unreadable', { file, why: 'it is not there' });
    throw thrown;
  }
}

/** Pieces of a stripe, and how many make it durable. */
export function codingOf({ stores, dataShards, totalShards = stores.length, durableShards }: NodeConfig) {
  return { dataShards, totalShards, durableShards: durableShards ?? Math.max(dataShards, totalShards - 1) };
}

function contradictionIn(config: NodeConfig): string | undefined {
  const { dataShards, totalShards, durableShards } = codingOf(config);
  const names = config.stores.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) return `two stores are named ${twice}`;
  if (dataShards >= totalShards)
    return `dataShards is ${dataShards} and has to be less than totalShards, ${totalShards}`;
  if (totalShards > names.length) return `totalShards is ${totalShards} and there are ${names.length} stores`;
  if (durableShards < dataShards || durableShards > totalShards)
    return `durableShards is ${durableShards} and has to be ${dataShards} to ${totalShards}`;
  return undefined;
}

export const writeConfig = (directory: string, config: NodeConfig): Promise<void> =>
  writeDurably(fileIn(directory), utf8(`${JSON.stringify(config, null, 2)}\n`));
