import type { EmbeddedLedger, EmbeddedOptions } from '../../ledger.ts';

/** Opens, or makes, the ledger in a directory. */
export async function openEmbeddedLedger(options: EmbeddedOptions): Promise<EmbeddedLedger> {
  throw new Error(`not built yet: ${options.directory}`);
}
