import { hex, utf8 } from '@salus/base';
import { describe, expect, it } from 'vitest';
import {
  cardKey,
  manifestKey,
  OWNER_BOX_BYTES,
  openChunk,
  openOwnerBox,
  openOwnerBoxFrom,
  sealChunk,
  sealOwnerBox,
  sealOwnerBoxTo,
} from '../src/holder/index.ts';
import { boxKeyOf, openOnce, sealOnce } from '../src/keyless/index.ts';
import { seeded } from './world.ts';

// Nothing here starts the pairing library, whose every use asserts that it was started: an edit needs no pairing.

const NAME = { record: 'c'.repeat(32), group: 'vitals', generation: 1 };

describe('an edit', () => {
  it('seals chunks and manifest without a pairing, and what is sealed opens', async () => {
    const rng = seeded('edit');
    const [K, salt, chunk] = [rng(32), rng(32), rng(5000)];
    const { key, sealed } = await sealChunk(chunk, rng);
    const manifest = await sealOnce(manifestKey(K, 2, salt), key, salt);
    const opened = await openOnce(manifestKey(K, 2, salt), manifest, salt);
    expect(await openChunk(opened!, sealed)).toEqual(chunk);
    expect(await openChunk(rng(32), sealed)).toBeUndefined();
    expect(await openChunk(key, sealed.subarray(1))).toBeUndefined();
    expect(await openChunk(key, (await sealChunk(chunk, rng)).sealed)).toBeUndefined();
  });

  it('of two devices at once never reuses a key: equal chunks, versions and roots seal under different keys', async () => {
    const [one, two] = [seeded('one device'), seeded('the other')];
    const K = seeded('K')(32);
    expect(manifestKey(K, 2, one(32))).not.toEqual(manifestKey(K, 2, two(32)));
    const salt = one(32);
    expect(manifestKey(K, 2, salt)).not.toEqual(manifestKey(K, 3, salt));
    expect(manifestKey(K, 2, salt)).not.toEqual(cardKey(K, 2, salt));
    const chunk = utf8('the same words');
    const sealed = [await sealChunk(chunk, one), await sealChunk(chunk, one), await sealChunk(chunk, two)];
    expect(new Set(sealed.flatMap(({ key, sealed }) => [hex(key), hex(sealed)])).size).toBe(6);
  });

  it('after a cut-off stays closed to the old K: the new generation has a K of its own', async () => {
    const rng = seeded('cut-off');
    const [oldK, newK, salt] = [rng(32), rng(32), rng(32)];
    const manifest = await sealOnce(manifestKey(newK, 1, salt), utf8('chunk keys'), salt);
    for (let version = 1; version < 20; version++)
      expect(await openOnce(manifestKey(oldK, version, salt), manifest, salt)).toBeUndefined();
  });
});

describe('the owner’s box', () => {
  const rng = seeded('owner');
  const origin = { z: rng(32), kappa: rng(32) };
  const others = [{ record: 'd'.repeat(32) }, { group: 'document' }, { generation: 2 }];

  it('of a record the patient wrote opens with the root, for this group and generation', async () => {
    const root = rng(32);
    const box = await sealOwnerBox(root, NAME, origin, rng);
    expect(box).toHaveLength(OWNER_BOX_BYTES);
    expect(await openOwnerBox(root, NAME, box)).toEqual(origin);
    expect(await openOwnerBox(rng(32), NAME, box)).toBeUndefined();
    expect(await openOwnerBox(root, NAME, box.subarray(1))).toBeUndefined();
    for (const other of others) expect(await openOwnerBox(root, { ...NAME, ...other }, box)).toBeUndefined();
    expect(await sealOwnerBox(root, NAME, origin, rng)).not.toEqual(box);
  });

  it('of a record somebody else wrote opens with the patient’s X-Wing seed, for this group and generation', async () => {
    const boxSeed = rng(32);
    const boxKey = boxKeyOf(boxSeed).publicKey;
    const box = await sealOwnerBoxTo(boxKey, NAME, origin, rng);
    expect(await openOwnerBoxFrom({ boxSeed, boxKey }, NAME, box)).toEqual(origin);
    expect(await openOwnerBoxFrom({ boxSeed }, NAME, box)).toEqual(origin);
    expect(await openOwnerBoxFrom({ boxSeed: rng(32) }, NAME, box)).toBeUndefined();
    for (const other of others) expect(await openOwnerBoxFrom({ boxSeed }, { ...NAME, ...other }, box)).toBeUndefined();
  });
});
