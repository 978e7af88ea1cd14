import { type Batch, batchKey } from '@salus/contracts';
import { type EmbeddedLedger, type ListedBatch, listBatch } from '@salus/ledger';

const PAGE = 1_000;

/** Batches of a cloud as the ledger has them, retired ones included, by their numbers. */
export function batchesOf(ledger: EmbeddedLedger, cloud: string): Map<number, Batch> {
  const batches = new Map<number, Batch>();
  const prefix = batchKey(cloud, 0).slice(0, -1);
  for (let after = ''; ; ) {
    const page = ledger.list(prefix, after, PAGE);
    for (const { key, value } of page) batches.set(Number(key.slice(prefix.length)), value as Batch);
    if (page.length < PAGE) return batches;
    after = page.at(-1)!.key;
  }
}

/** A batch with the pieces that its operation lists. */
export function listedBatch(ledger: EmbeddedLedger, number: number, batch: Batch): ListedBatch {
  const operation = ledger.operation(batch.operation)?.signed.operation;
  return listBatch(number, batch, operation?.type === 'storage.commit' ? operation.body.pieces : new Uint8Array(0));
}
