import { join } from 'node:path';
import { type Bytes, concat } from '@salus/base';
import { openClouds, openFolderStore } from '@salus/clouds';
import { openCard, openManifest, openPart } from '@salus/record';
import { sha256 } from '@salus/schemes/keyless';
import { everythingShared, myRecord, openFound, openOwn, revokeConsent, searchWords, updateRecord } from '@salus/sdk';
import { MemoryPlacement, SimulatedClock } from '@salus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../src/refusal.ts';
import { note, readAll, textOf } from '../src/sharing.ts';
import { filesBelow } from '../src/storedBytes.ts';
import { openWard, type Ward } from '../src/ward.ts';

let ward: Ward;
beforeAll(async () => {
  ward = await openWard();
});
afterAll(() => ward.hospital.stop());

/** The clouds as somebody opens them who took all folders along: placement comes from the pieces' own headers. */
async function takenClouds(storageRoot: Bytes) {
  const stores = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(async (i) => ({
      name: `store-${i}`,
      store: await openFolderStore({ directory: join(ward.hospital.home, 'clouds', String(i)) }),
    })),
  );
  const clouds = openClouds({
    ...{ stores, k: 4, n: 6, storageRoot, placement: new MemoryPlacement() },
    ...{ random: ward.meera.device.random, clock: new SimulatedClock() },
  });
  return { clouds, report: await clouds.rebuildPlacement() };
}

async function chunksFrom(
  clouds: { getChunks(hashes: readonly Bytes[]): AsyncIterable<{ parts: Bytes[] }> },
  hashes: Bytes[],
) {
  const chunks: Bytes[] = [];
  for await (const { parts } of clouds.getChunks(hashes)) chunks.push(concat(...parts));
  return chunks;
}

describe('a reader who was cut off, with the key of before and every cloud’s folder', () => {
  it('reads no later edit: it opened a new generation under another secret', async () => {
    const { meera, rao, records, hospital } = ward;
    const found = await searchWords(rao.device, ['heart']);
    const [kept] = await openFound(rao.device, found, 'treatment');
    const before = await myRecord(meera.device, records.heart);
    await revokeConsent(meera.device, rao.device.account);
    await updateRecord(meera.device, records.heart, note('heart murmur, and more that came later'));
    const after = await myRecord(meera.device, records.heart);
    expect(after.generation).toBe(before.generation + 1);

    // With the storage root, which they do not have, they get every piece of ciphertext; K of before opens none of it.
    const { clouds, report } = await takenClouds(hospital.node.context.secrets.storageRoot);
    expect(report.refused).toBe(0);
    const [manifest, ...parts] = await chunksFrom(clouds, [after.stored.manifest, ...after.stored.chunks]);
    const old = { K: before.secret.K, ctx: before.secret.ctx };
    for (const version of [before.version, after.version]) {
      expect(await refusal(() => openManifest(manifest!, { ...old, version }))).toBe('does-not-open');
      expect(await refusal(() => openCard(after.stored.card, { ...old, version }))).toBe('does-not-open');
      const mixed = { K: before.secret.K, ctx: after.secret.ctx, version };
      expect(await refusal(() => openManifest(manifest!, mixed))).toBe('does-not-open');
    }
    for (const ref of kept!.manifest.chunks)
      expect(await refusal(() => openPart({ ...ref, hash: sha256(parts[0]!) }, parts[0]!, 1))).toBe('body-damaged');
    // The owner's key does.
    const opened = await openManifest(manifest!, { K: after.secret.K, ctx: after.secret.ctx, version: after.version });
    expect(new TextDecoder().decode(await openPart(opened.chunks[0]!, parts[0]!, 1))).toContain('came later');
    await clouds.close();
  });

  it('gets nothing new from the node: neither lock, nor chunk, nor search entry', async () => {
    const { meera, rao, records } = ward;
    const found = await searchWords(rao.device, ['heart']);
    expect(found.map(({ generation }) => generation)).toEqual([1]);
    expect(await refusal(() => openFound(rao.device, found, 'treatment'))).toBe('read-refused');
    expect(await refusal(() => readAll(rao.device, 'skin'))).toBe('read-refused');
    const { found: shared } = await everythingShared(rao.device);
    expect(shared.every(({ generation }) => generation === 1)).toBe(true);
    const { content } = await openOwn(meera.device, await myRecord(meera.device, records.heart));
    expect(await textOf(content())).toContain('came later');
  });

  it('reads nothing at all from the folders without the organisation’s storage root', async () => {
    const { meera, records, hospital } = ward;
    const { stored, secret, version } = await myRecord(meera.device, records.skin);
    const { clouds, report } = await takenClouds(meera.device.random(32));
    expect(report.stripes).toBe(0);
    expect(report.refused).toBe(report.objects);
    expect(await refusal(() => chunksFrom(clouds, [stored.manifest]))).toBe('chunk-unknown');
    await clouds.close();
    // Nor do the pieces hold what the keys of a reader open: no 32 bytes of any chunk stand in any file.
    const context = hospital.node.context;
    const [manifest, chunk] = await chunksFrom(context.clouds, [stored.manifest, ...stored.chunks]);
    await openManifest(manifest!, { K: secret.K, ctx: secret.ctx, version });
    const files = await filesBelow(join(hospital.home, 'clouds'));
    expect(files.length).toBeGreaterThan(6);
    for (const piece of [manifest!, chunk!])
      for (let at = 0; at + 32 <= piece.length; at += 16)
        for (const file of files) expect(file.includes(Buffer.from(piece.subarray(at, at + 32)))).toBe(false);
  });
});
