import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, decodeCanonical, encodeCanonical, type Random, text, utf8 } from '@salus/base';
import { boxKeyOf, initPairing, openBox, sealBox } from '@salus/schemes/keyless';
import { sql } from 'kysely';
import { type NodeConfig, readConfig, writeConfig } from './config.ts';
import { openDatabase } from './database/open.ts';
import { nodeError } from './errors.ts';
import { genesisFile, readGenesis, recoveryFile } from './genesis.ts';
import { type NodeSecrets, nodeSecrets, writeDurably, writeSecrets } from './secrets.ts';

const SECRETS_FILE = 'secrets.sealed';
const BACKUP_AAD = utf8('SALUS1/node-backup');

/** Seals the node's keys to the organisation's recovery key. Made at the first start and with every backup. */
export async function sealSecrets(
  directory: string,
  secrets: NodeSecrets,
  recoveryKey: Bytes,
  random: Random,
): Promise<void> {
  const box = await sealBox(recoveryKey, encodeCanonical(secrets), BACKUP_AAD, random);
  await writeDurably(join(directory, SECRETS_FILE), box, 0o600);
}
