import type { StoredAt } from '@salus/contracts';
import type { EmbeddedLedger } from '@salus/ledger';

/** Every cloud of which the ledger says something, and what. */
export function storedClouds({ ledger }: { ledger: EmbeddedLedger }): Map<string, StoredAt> {
  // At most 32 stores at once; names of stores that are gone stay.
  const entries = ledger.list('storage/', '', 1_000);
  return new Map(entries.map(({ key, value }) => [key.slice('storage/'.length), value as StoredAt]));
}
