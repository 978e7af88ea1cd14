import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type Bytes, decodeCanonical, encodeCanonical, newId, type Random, type TimeMs, utf8 } from '@salus/base';
import { readBlockLog } from '@salus/ledger';
import { boxKeyOf, initPairing, openBox, sealBox, systemRandom } from '@salus/schemes/keyless';
import { copyDatabase } from './database/open.ts';
import { nodeError } from './errors.ts';
import { genesisFile, readGenesis, recoveryFile } from './genesis.ts';
import { takeLock } from './lock.ts';
import { heightOfLog, markRestored, noteBackup, restoredFile, writeMade } from './restored.ts';
import { type NodeSecrets, nodeSecrets, readSecrets, writeSecrets } from './secrets.ts';
import { writeDurably } from './writeDurably.ts';

const SECRETS_FILE = 'secrets.sealed';
const AAD = utf8('SALUS1/node-backup');
const SECRETS_LIMIT_BYTES = 16_384;

/** Seals the node's keys to the organisation's recovery key. Made at the first start and with every backup. */
export async function sealSecrets(
  directory: string,
  secrets: NodeSecrets,
  recoveryKey: Bytes,
  random: Random,
): Promise<void> {
  const box = await sealBox(recoveryKey, encodeCanonical(secrets), AAD, random);
  await writeDurably(join(directory, SECRETS_FILE), box, 0o600);
}

/**
 * Backs a node up into an empty folder, while it runs or not: keys sealed to the recovery key, genesis, configuration, a
 * consistent copy of the database, and the block log, whose last block may be cut and is then left out at the restore.
 * The clouds hold the rest. Devices are told its height, so that they keep what comes after. Throws `folder-not-empty`.
 */
export async function backUp(
  home: string,
  target: string,
  random: Random,
  now: () => TimeMs = Date.now,
): Promise<void> {
  await initPairing();
  await needEmpty(target);
  const directory = join(home, 'node');
  const recoveryKey = new Uint8Array(await readFile(recoveryFile(directory)));
  await sealSecrets(target, await readSecrets(directory), recoveryKey, random);
  // The database first: rows of operations that the ledger's copy lacks would be swept at the restore.
  await copyDatabase(join(directory, 'salus.db'), join(target, 'salus.db'));
  await cp(join(directory, 'ledger'), join(target, 'ledger'), {
    recursive: true,
    filter: (file) => !file.includes(`ledger${sep}state`),
  });
  for (const file of ['node.json', 'recovery.pub', 'genesis.cbor']) await cp(join(directory, file), join(target, file));
  await cp(restoredFile(directory), restoredFile(target)).catch((thrown: unknown) => {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
  });
  const height = heightIn(join(target, 'ledger', 'blocks.log'));
  await writeMade(target, { madeAt: now(), height });
  await noteBackup(directory, height);
}

/** A node that never started has no block yet. */
const heightIn = (log: string): number => (existsSync(log) ? heightOfLog(readBlockLog(log)) : 0);

/**
 * Restores a backup into an empty home, with the recovery key that founding gave. Whatever happened since the backup is
 * not there: the stores' newer pieces stay, the ledger's newer blocks do not. So the folder is marked as restored before it
 * is a whole node, and the node opens nothing of a patient before devices have caught up (spec/ledger.md). Throws `backup-unreadable`, `folder-not-empty`.
 */
export async function restore(
  home: string,
  source: string,
  recoveryKey: Bytes,
  { random = systemRandom, now = Date.now }: { random?: Random; now?: () => TimeMs } = {},
): Promise<void> {
  await initPairing();
  const directory = join(home, 'node');
  await needEmpty(directory);
  const secrets = await openSecrets(source, recoveryKey);
  const genesis = await readGenesis(source);
  if (!genesis) throw nodeError('backup-unreadable', { why: 'it has no genesis' });
  await cp(join(source, 'ledger'), join(directory, 'ledger'), { recursive: true });
  for (const file of ['salus.db', 'node.json', 'recovery.pub', SECRETS_FILE])
    await cp(join(source, file), join(directory, file));
  await writeSecrets(directory, secrets);
  await markRestored(directory, source, { id: newId(random), restoredAt: now() });
  // Last: a folder with a genesis is a whole node.
  await writeDurably(genesisFile(directory), genesis);
}

/**
 * Marks a home that was put back by other means, such as a copied folder or a machine's snapshot, as `restore` marks one. The
 * node must not run. Throws `genesis-mismatch` where there is no node, `node-running`.
 */
export async function markPutBack(
  home: string,
  { random = systemRandom, now = Date.now }: { random?: Random; now?: () => TimeMs } = {},
): Promise<void> {
  const directory = join(home, 'node');
  if (!(await readGenesis(directory))) throw nodeError('genesis-mismatch');
  const release = await takeLock(directory);
  try {
    await markRestored(directory, directory, { id: newId(random), restoredAt: now() });
  } finally {
    await release();
  }
}

async function openSecrets(source: string, recoveryKey: Bytes): Promise<NodeSecrets> {
  const box = await readFile(join(source, SECRETS_FILE)).catch(() => undefined);
  if (!box) throw nodeError('backup-unreadable', { why: 'its sealed keys are missing' });
  const opened = await openBox(recoveryKey, boxKeyOf(recoveryKey).publicKey, new Uint8Array(box), AAD);
  if (!opened) throw nodeError('backup-unreadable', { why: 'the recovery key does not open it' });
  return decodeCanonical('sealed node keys', opened, nodeSecrets, SECRETS_LIMIT_BYTES);
}

async function needEmpty(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if ((await readdir(directory)).length > 0) throw nodeError('folder-not-empty', { directory });
}
