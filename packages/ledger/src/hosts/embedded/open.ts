import { join } from 'node:path';
import { equal } from '@salus/base';
import { type Genesis, networkOf, parseGenesis } from '@salus/contracts';
import { initPairing, type SigningKey, verifyingKeyOf } from '@salus/schemes/keyless';
import { ledgerError } from '../../errors.ts';
import type { EmbeddedLedger, EmbeddedOptions } from '../../ledger.ts';
import { BLOCK_LOG_NAME, STORE_NAME } from './backup.ts';
import { BlockLog } from './blockLog.ts';
import { Chain } from './chain.ts';
import { EmbeddedHost } from './host.ts';
import { recover } from './recovery.ts';
import { Store } from './store.ts';

/**
 * Opens, or makes, the ledger in a directory. The caller sees to it that no other process has it open. The block log is
 * read and checked from its first byte: about 10 µs per operation it holds. Throws `ledger-foreign`, `block-log-damaged`,
 * `block-log-behind`, `block-refused`, `genesis-invalid`.
 */
export async function openEmbeddedLedger(options: EmbeddedOptions): Promise<EmbeddedLedger> {
  const { directory, genesisBytes, validatorKey, now } = options;
  await initPairing();
  const trust = { genesis: parseGenesis(genesisBytes), network: networkOf(genesisBytes) };
  const id = await validatorId(trust.genesis, validatorKey);
  const log = await BlockLog.open(join(directory, BLOCK_LOG_NAME), genesisBytes);
  const store = new Store(join(directory, STORE_NAME));
  try {
    const chain = await Chain.open(trust, store);
    await recover(chain, log);
    return await new EmbeddedHost(chain, log, { id, key: validatorKey, now }, genesisBytes).begin();
  } catch (thrown) {
    await store.close();
    await log.close();
    throw thrown;
  }
}

async function validatorId(genesis: Genesis, seed: SigningKey): Promise<string> {
  const key = await verifyingKeyOf(seed);
  const validator = genesis.validators.find((named) => equal(named.key, key));
  if (!validator) throw ledgerError('ledger-foreign', { why: 'its genesis does not name this validator' });
  return validator.id;
}
