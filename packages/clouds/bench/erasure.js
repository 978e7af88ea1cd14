// How fast stripes are coded, on one core: `npx tsc -b packages/clouds && node packages/clouds/bench/erasure.js`.
// Megabytes of data per second, for 4 + 2 shards of 1 MiB.
import { randomBytes } from 'node:crypto';
import { encodeInto, reconstruct } from '../dist/erasure.js';

const SHARD_BYTES = 1024 * 1024;
const ROUNDS = 200;
const shards = (count) => Array.from({ length: count }, () => new Uint8Array(randomBytes(SHARD_BYTES)));

const data = shards(4);
const parity = shards(2);
const present = () => new Map([2, 3, 4, 5].map((index) => [index, [...data, ...parity][index]]));

function report(metric, work) {
  for (let i = 0; i < 20; i++) work();
  const started = performance.now();
  for (let i = 0; i < ROUNDS; i++) work();
  const value = Math.round((ROUNDS * 4 * SHARD_BYTES) / (performance.now() - started) / 1000);
  console.log(JSON.stringify({ bench: 'erasure', who: 'salus', metric, value, k: 4, n: 6 }));
}

report('encode_mb_s', () => encodeInto(4, 6, data, parity));
report('rebuild_mb_s', () => reconstruct(4, 6, present(), [0, 1]));
