import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, encodeCanonical, newId, type Random, type TimeMs } from '@salus/base';
import { type Genesis, parseGenesis } from '@salus/contracts';
import { initPairing } from '@salus/schemes/keyless';
import { writeBackupKeys } from './backups/keys.ts';
import { defaultConfig, type NodeConfig, writeConfig } from './config.ts';
import { genesisFile, readGenesis } from './genesis.ts';
import { makeSecrets, publicKeysOf, writeSecrets } from './secrets.ts';
import { writeDurably } from './writeDurably.ts';

/** Who founds: the operator's public keys, made on the operator's device, and the organisation's name. */
export interface Founding {
  operator: Genesis['operator'];
  organisation: string;
  time: TimeMs;
  random: Random;
  config?: Partial<NodeConfig>;
}

/** What founding gives: the genesis, and the recovery key, which is shown once and kept nowhere here. */
export interface Founded {
  genesisBytes: Bytes;
  /** 32-byte X-Wing seed that opens the sealed backups of this organisation. */
  recoveryKey: Bytes;
}

/**
 * Founds a network of one organisation in `home`: node keys, genesis, configuration, and what backups are sealed with. The
 * recovery key that opens them leaves with the caller.
 */
export async function foundNode(home: string, founding: Founding): Promise<Founded> {
  await initPairing();
  const directory = join(home, 'node');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { random } = founding;
  const secrets = await makeSecrets(random);
  const keys = await publicKeysOf(secrets);
  const genesisBytes = encodeCanonical({
    v: 1,
    name: founding.organisation,
    time: founding.time,
    validators: [{ id: newId(random), key: keys.validatorKey }],
    operator: founding.operator,
    organisation: { name: founding.organisation, lookupKey: keys.lookupKey },
    keepers: [{ id: newId(random), boxKey: keys.keeperBoxKey }],
  } satisfies Genesis);
  parseGenesis(genesisBytes);
  const recoveryKey = random(32);
  await writeSecrets(directory, secrets);
  await writeBackupKeys(directory, recoveryKey);
  await writeConfig(directory, { ...defaultConfig(), ...founding.config });
  // Last: a folder with a genesis is a whole node.
  await writeDurably(genesisFile(directory), genesisBytes);
  return { genesisBytes, recoveryKey };
}

/** Whether a home holds a founded node. */
export async function isFounded(home: string): Promise<boolean> {
  return (await readGenesis(join(home, 'node'))) !== undefined;
}
