import { type Bytes, isSalusError } from '@salus/base';
import { seededRandom } from '@salus/testkit';
import { describe, expect, it } from 'vitest';
import { type Card, openCard, type SealedUnder, sealCard } from '../src/card.ts';
import { type Manifest, openManifest, sealManifest } from '../src/manifest.ts';

const random = seededRandom('sealed');
const under: SealedUnder = { K: random(32), ctx: random(32), version: 3 };
const card: Card = {
  title: 'Lipids',
  kind: 'document',
  mediaType: 'application/pdf',
  sizeBytes: 9,
  time: 5,
  topics: ['cardiology'],
  words: ['lipids'],
};
const ref = () => ({ hash: random(32), key: random(32), sizeBytes: 9 });
const manifest: Manifest = { version: 3, sizeBytes: 18, time: 5, chunks: [ref(), ref()] };

const wrongs: [string, SealedUnder][] = [
  ['another key', { ...under, K: random(32) }],
  ['another record', { ...under, ctx: random(32) }],
  ['another version', { ...under, version: 2 }],
];

describe('card and manifest', () => {
  it('open under what they were sealed under', async () => {
    expect(await openCard(await sealCard(card, under, random), under)).toEqual(card);
    expect(await openManifest(await sealManifest(manifest, under, random), under)).toEqual(manifest);
  });

  it.each(wrongs)('do not open under %s', async (_, other) => {
    await expect(openCard(await sealCard(card, under, random), other)).rejects.toMatchObject({ code: 'does-not-open' });
    await expect(openManifest(await sealManifest(manifest, under, random), other)).rejects.toMatchObject({
      code: 'does-not-open',
    });
  });

  it('an old manifest does not pass for a new version', async () => {
    const old = await sealManifest({ ...manifest, version: 2 }, under, random);
    await expect(openManifest(old, under)).rejects.toMatchObject({ code: 'does-not-open' });
  });

  it('flipping any byte gives one error of ours', async () => {
    const sealed = await sealCard(card, under, random);
    for (let i = 0; i < sealed.length; i++) {
      const flipped: Bytes = sealed.slice();
      flipped[i]! ^= 1;
      const thrown = await openCard(flipped, under).catch((error: unknown) => error);
      expect(isSalusError(thrown, 'does-not-open')).toBe(true);
    }
  });

  it('cards of short and longer titles have one size', async () => {
    const sizes = await Promise.all(
      ['A', 'A longer title of a document'].map(
        async (title) => (await sealCard({ ...card, title }, under, random)).length,
      ),
    );
    expect(new Set(sizes).size).toBe(1);
  });
});
