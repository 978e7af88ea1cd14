import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hex } from '@salus/base';
import { openFolderStore, storeConfig } from '@salus/clouds';
import {
  BLOCK_BYTES,
  CommitmentKey,
  certifiedKey,
  initPairing,
  leafHash,
  merkleRootOf,
  provePart,
  verifyPossession,
  weightsOf,
} from '@salus/schemes/keyless';
import { seededRandom } from '@salus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TaggingProcess } from '../src/storage/taggingProcess.ts';

const random = seededRandom('tagging');
const OBJECT = random(2 * BLOCK_BYTES + 700);
const BLOCKS = [0, 1, 2].map((i) => OBJECT.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES));
const ROOT = merkleRootOf(BLOCKS);
const STORE = storeConfig.parse({ name: 'store-1', folder: 'clouds/1' });

let home: string;
let running: TaggingProcess;
let keys: Awaited<ReturnType<typeof TaggingProcess.start>>['keys'];

beforeAll(async () => {
  await initPairing();
  home = await mkdtemp(join(tmpdir(), 'salus-tagging-'));
  await mkdir(join(home, 'node'));
  const store = await openFolderStore({ directory: join(home, 'clouds', '1') });
  await store.put(hex(ROOT), OBJECT);
  await store.put('a'.repeat(64), OBJECT);
  ({ process: running, keys } = await TaggingProcess.start(home, join(home, 'node'), 'City Hospital'));
});
afterAll(async () => {
  await running.stop();
  await rm(home, { recursive: true, force: true });
});

const tag = (object = hex(ROOT), sizeBytes = OBJECT.length) => running.tag(STORE, object, sizeBytes);

describe('the tagging process', () => {
  it('tags each block of an object so that its proof verifies under the certified key of the organisation', async () => {
    const tagged = await tag();
    if (typeof tagged === 'string') throw new Error(tagged);
    expect(tagged.leaves).toEqual(Uint8Array.from(BLOCKS.flatMap((block) => [...leafHash(block)])));
    const seed = random(32);
    const weights = weightsOf(seed, 'store-1', 3);
    const challenged = BLOCKS.map((block, i) => {
      return { block, tag: tagged.tags.subarray(48 * i, 48 * i + 48), weight: weights[i]! };
    });
    const proof = await provePart(new CommitmentKey(keys.commitmentKey), challenged, seed);
    const asked = [{ cloud: 'store-1', blocks: [0, 1, 2].map((index) => ({ root: ROOT, index })) }];
    const { alphaKey, certificate, registrar } = keys;
    const key = certifiedKey(certificate, 'City Hospital', registrar);
    expect(verifyPossession({ key, alphaKey }, seed, asked, proof)).toBe(true);
    const other = certifiedKey(certificate, 'Hill Hospital', registrar);
    expect(verifyPossession({ key: other, alphaKey }, seed, asked, proof)).toBe(false);
  });

  it('tags nothing that is not the object of that name, and says what is there instead', async () => {
    expect(await tag('a'.repeat(64))).toBe('damaged');
    expect(await tag(hex(ROOT), OBJECT.length - 1)).toBe('damaged');
    expect(await tag(hex(ROOT), OBJECT.length + 1)).toBe('damaged');
    expect(await tag('b'.repeat(64))).toBe('missing');
    const folder = join(home, 'clouds', '1');
    await rename(folder, `${folder}.away`);
    expect(await tag()).toBe('away');
    await rename(`${folder}.away`, folder);
    expect(typeof (await tag())).toBe('object');
  });

  it('leaves what another process is writing alone', async () => {
    const unfinished = join(home, 'clouds', '1', 'unfinished', '7');
    await writeFile(unfinished, 'half of it');
    expect(typeof (await tag())).toBe('object');
    expect((await stat(unfinished)).size).toBe(10);
  });

  it('keeps its key in a file of its own that only its owner reads, and has the same one when it is started again', async () => {
    const { mode } = await stat(join(home, 'node', 'keys', 'tagging.cbor'));
    expect(mode & 0o777).toBe(0o600);
    const underWay = tag();
    const failed = expect(underWay).rejects.toMatchObject({ code: 'tagging-failed' });
    await running.stop();
    await failed;
    expect(running.hasEnded).toBe(true);
    await expect(tag()).rejects.toMatchObject({ code: 'tagging-failed' });
    const again = await TaggingProcess.start(home, join(home, 'node'), 'City Hospital');
    running = again.process;
    expect(again.keys).toEqual(keys);
  });
});
