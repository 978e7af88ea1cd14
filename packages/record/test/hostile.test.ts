import { type Bytes, concat, encodeCanonical } from '@salus/base';
import { cardKey, manifestKey, sealChunk } from '@salus/schemes/holder';
import { sealOnce, sha256 } from '@salus/schemes/keyless';
import { type HostileCase, hostileSuite, seededRandom } from '@salus/testkit';
import { describe, it } from 'vitest';
import { openPart } from '../src/body.ts';
import { openCard, sealCard } from '../src/card.ts';
import { openManifest, sealManifest } from '../src/manifest.ts';
import { padded } from '../src/padding.ts';

const random = seededRandom('hostile');
const under = { K: random(32), ctx: random(32), version: 1 };
const card = {
  title: 'Lipids',
  kind: 'document' as const,
  mediaType: 'application/pdf',
  sizeBytes: 9,
  time: 5,
  topics: ['cardiology'],
  words: ['lipids'],
};
const chunk = { hash: random(32), key: random(32), sizeBytes: 9 };
const manifest = { version: 1, sizeBytes: 9, time: 5, chunks: [chunk] };

const cases: HostileCase[] = [
  {
    what: 'a card',
    usual: 10_000,
    make: async () => ({ samples: [await sealCard(card, under, random)], take: (b) => openCard(b, under) }),
  },
  {
    what: 'a card that its author sealed',
    usual: 5_000,
    make: () => {
      const take = async (b: Bytes) => {
        const salt = random(32);
        return openCard(concat(salt, await sealOnce(cardKey(under.K, 1, salt), b, under.ctx)), under);
      };
      return { samples: [padded(encodeCanonical(card), 512), padded(encodeCanonical(card), 1)], take };
    },
  },
  {
    what: 'a manifest',
    usual: 10_000,
    make: async () => ({ samples: [await sealManifest(manifest, under, random)], take: (b) => openManifest(b, under) }),
  },
  {
    what: 'a manifest that its author sealed',
    usual: 5_000,
    make: () => {
      const take = async (b: Bytes) => {
        const salt = random(32);
        return openManifest(concat(salt, await sealOnce(manifestKey(under.K, 1, salt), b, under.ctx)), under);
      };
      return { samples: [encodeCanonical(manifest)], take };
    },
  },
  {
    what: 'a chunk',
    usual: 10_000,
    make: async () => {
      const content = random(200);
      const { key, sealed } = await sealChunk(content, random);
      const ref = { hash: sha256(sealed), key, sizeBytes: 200 };
      return { samples: [sealed], take: (b) => openPart({ ...ref, hash: sha256(b) }, b, 1) };
    },
  },
];

describe('what a reader is given', () => {
  for (const { claim, check, timeoutMs } of hostileSuite(cases, process.env.SALUS_HOSTILE)) it(claim, check, timeoutMs);
});
