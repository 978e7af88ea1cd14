// How fast chunks go to six folders and come back, every shard synced to disk:
// `npx tsc -b packages/clouds packages/testkit && node packages/clouds/bench/folders.js [megabytes] [directory]`.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClouds, openFolderStore } from '@salus/clouds';
import { MemoryPlacement } from '@salus/testkit';

const CHUNK_BYTES = 1024 * 1024;
const REQUEST_CHUNKS = 8;
const [megabytes = '256', parent = tmpdir()] = process.argv.slice(2);
const directory = await mkdtemp(join(parent, 'salus-bench-'));

const clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

function report(metric, sizeBytes, started) {
  const value = Math.round((sizeBytes / (performance.now() - started) / 1000) * 10) / 10;
  console.log(JSON.stringify({ bench: 'clouds', who: 'salus', metric, value, size_mb: Number(megabytes) }));
}

try {
  const stores = [];
  for (let i = 1; i <= 6; i++)
    stores.push({ name: `${i}`, store: await openFolderStore({ directory: join(directory, `${i}`) }) });
  const options = {
    stores,
    k: 4,
    n: 6,
    storageRoot: randomBytes(32),
    placement: new MemoryPlacement(),
    random: randomBytes,
    clock,
  };
  const clouds = openClouds(options);
  const chunks = Array.from({ length: Number(megabytes) }, () => {
    const bytes = new Uint8Array(randomBytes(CHUNK_BYTES));
    return { hash: new Uint8Array(createHash('sha256').update(bytes).digest()), bytes };
  });
  const sizeBytes = chunks.length * CHUNK_BYTES;
  const requests = [];
  for (let at = 0; at < chunks.length; at += REQUEST_CHUNKS) requests.push(chunks.slice(at, at + REQUEST_CHUNKS));

  const started = performance.now();
  const lane = async () => {
    for (let next = requests.shift(); next; next = requests.shift()) await clouds.putChunks(next);
  };
  await Promise.all([lane(), lane()]);
  report('put_mb_s', sizeBytes, started);

  const reading = performance.now();
  let got = 0;
  for await (const { bytes } of clouds.getChunks(chunks.map(({ hash }) => hash))) got += bytes.length;
  report('get_mb_s', got, reading);
  await clouds.close();
} finally {
  await rm(directory, { recursive: true });
}
