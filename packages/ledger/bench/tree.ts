import { u32 } from '@salus/base';
import { keyHash, valueHash } from '../src/tree/hash.ts';
import { Page } from '../src/tree/page.ts';
import { proveKey } from '../src/tree/proof.ts';
import { updateTree } from '../src/tree/tree.ts';

// Microseconds per key of the state tree at a size, with every page read from its stored form (no cache):
//   node packages/ledger/test/fixture/run.mjs packages/ledger/bench/tree.ts [keys]
const KEYS = Number(process.argv[2] ?? 100_000);
const ROUNDS = 300;

const stored = new Map<string, Uint8Array>();
const read = (path: string) => {
  const bytes = stored.get(path);
  return bytes && Page.decode(bytes);
};
function set(from: number, count: number): void {
  const leaves = Array.from({ length: count }, (_, i) => ({
    key: keyHash(`record/${from + i}`),
    value: valueHash(u32(i)),
  }));
  for (const [path, page] of updateTree(read, leaves).pages) stored.set(path, page.encode());
}

for (let from = 0; from < KEYS; from += 10_000) set(from, Math.min(10_000, KEYS - from));
for (const batch of [3, 750]) {
  const rounds = Math.ceil(ROUNDS / batch) * 10;
  const start = performance.now();
  for (let round = 0; round < rounds; round++) set(KEYS + round * batch, batch);
  const value = Math.round(((performance.now() - start) * 1000) / (rounds * batch));
  console.log(JSON.stringify({ bench: 'state-tree', who: 'salus', metric: 'us_per_key', value, n: KEYS, batch }));
}
console.log(
  JSON.stringify({ bench: 'state-tree', metric: 'proof_bytes', value: proveKey(read, 'record/77').length, n: KEYS }),
);
