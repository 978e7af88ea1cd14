import { hex, utf8 } from '@salus/base';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  acceptChannel,
  channelToken,
  type Entry,
  EVERYTHING,
  openChannel,
  openEntry,
  reviewChannel,
  sealEntry,
} from '../src/holder/index.ts';
import { boxKeyOf, entryLabel, initPairing, LABEL_GAP, mac, verifyingKeyOf } from '../src/keyless/index.ts';
import { timesG2 } from '../src/keyless/pairing/bases.ts';
import { randomScalar } from '../src/keyless/pairing/curve.ts';
import { guessWord, matches, peks, trapdoor } from './weak/peks.ts';
import { seeded } from './world.ts';

beforeAll(initPairing);

const DICTIONARY = ['asthma', 'cancer', 'diabetes', 'hiv', EVERYTHING];
const MONTH = '2026-11';
const id = (digit: string) => digit.repeat(32);

describe('guessing the word behind a search', () => {
  it('succeeds on public-key search, where anybody can make entries (reproduces on PEKS)', () => {
    const rng = seeded('peks');
    const alpha = randomScalar(rng);
    const X = timesG2(alpha);
    const trap = trapdoor(alpha, 'hiv');
    expect(matches(trap, peks(X, 'hiv', rng))).toBe(true);
    expect(matches(trap, peks(X, 'asthma', rng))).toBe(false);
    expect(guessWord(X, trap, DICTIONARY, rng)).toBe('hiv');
  });

  it('finds nothing here: label keys and labels are keyed by author and reader together', async () => {
    const rng = seeded('ours');
    const [device, boxSeed] = [rng(32), rng(32)];
    const ends = { author: id('a'), device: id('d'), recipient: id('b'), epoch: MONTH };
    const offer = { ...ends, recipientBoxKey: boxKeyOf(boxSeed).publicKey, authorDeviceKey: device, rng };
    const channel = await openChannel(offer);
    const searched = channelToken(channel.k, MONTH, 'hiv');
    // Everything the node has seen, tried as the key it lacks, and a channel of its own to the same reader.
    const own = await openChannel({ ...offer, author: id('e'), authorDeviceKey: rng(32) });
    const known = [channel.encapsulation, channel.signature, utf8(channel.id), searched.labelKey, own.k, rng(32)];
    const guesses = known.flatMap((key) =>
      DICTIONARY.flatMap((word) => [channelToken(key, MONTH, word).labelKey, mac(key, word), entryLabel(key, 0)]),
    );
    const seen = [searched.labelKey, ...Array.from({ length: 8 }, (_, i) => entryLabel(searched.labelKey, i))].map(hex);
    // A label is made of its label key, which the node was given: that is the only thing it can make.
    const found = guesses.map(hex).filter((guess) => seen.includes(guess));
    expect(found).toEqual(DICTIONARY.map(() => hex(entryLabel(searched.labelKey, 0))));
    expect(
      DICTIONARY.filter((word) => guesses.some(() => hex(channelToken(own.k, MONTH, word).labelKey) === seen[0])),
    ).toEqual([]);
  });
});

describe('labels', () => {
  it('are unique over 100,000 insertions by two devices that crash', () => {
    const rng = seeded('crashes');
    const labels = new Set<string>();
    // Numbers are reserved in durable blocks before they are used; a crash loses the rest of a block.
    const BLOCK = 16;
    let inserted = 0;
    let widestGap = 0;
    for (const device of [rng(32), rng(32)]) {
      const { labelKey } = channelToken(device, MONTH, EVERYTHING);
      for (let durable = 0, last = -1, used = 0; used < 50_000; ) {
        durable += BLOCK;
        const crashAfter = rng(1)[0]! % 8 === 0 ? rng(1)[0]! % BLOCK : BLOCK;
        for (let i = durable - BLOCK; i < durable - BLOCK + crashAfter && used < 50_000; i++, used++) {
          labels.add(hex(entryLabel(labelKey, i)));
          widestGap = Math.max(widestGap, i - last - 1);
          last = i;
          inserted++;
        }
      }
    }
    expect(inserted).toBe(100_000);
    expect(labels.size).toBe(100_000);
    expect(widestGap).toBeGreaterThan(0);
    expect(widestGap).toBeLessThan(LABEL_GAP);
  });

  it('are looked up as often as there are matches, a constant for each channel, whatever else is stored', () => {
    const rng = seeded('look-ups');
    for (const stored of [1_000, 10_000, 100_000]) {
      const k = rng(32);
      const { labelKey } = channelToken(k, MONTH, 'diabetes');
      const index = new Set(Array.from({ length: 20 }, (_, i) => hex(entryLabel(labelKey, i))));
      for (let other = index.size; other < stored; other++) index.add(`other ${other}`);
      let lookUps = 0;
      for (let i = 0, missed = 0; missed < LABEL_GAP; i++, lookUps++)
        missed = index.has(hex(entryLabel(labelKey, i))) ? 0 : missed + 1;
      expect(lookUps).toBe(20 + LABEL_GAP);
    }
  });
});

describe('a node that hides entries', () => {
  const add = (n: number, digit: string): Entry => ({
    op: 'add',
    record: id(digit),
    group: 'vitals',
    generation: 1,
    slot: id('e'),
    kappa: new Uint8Array(32),
    n,
  });
  const del: Entry = { op: 'del', record: id('2'), group: 'vitals', generation: 1, n: 3 };
  const all = [add(0, '1'), add(1, '2'), add(2, '3'), del];
  const head = { channel: id('f'), month: MONTH, count: 4, gaps: [] };

  it('is noticed: a hidden label, a cut tail, a withheld deletion', () => {
    expect(reviewChannel(all, [head])).toMatchObject({ complete: true, live: [all[0], all[2]] });
    expect(reviewChannel([all[0]!, all[2]!, del], [head])).toMatchObject({ complete: false, missing: [1] });
    expect(reviewChannel(all.slice(0, 2), [head])).toMatchObject({ complete: false, missing: [2, 3] });
    expect(reviewChannel(all.slice(0, 3), [head])).toMatchObject({ complete: false, missing: [3] });
  });

  it('is noticed with the head itself: without one nothing is complete, and an old one does not hide a newer', () => {
    expect(reviewChannel(all, []).complete).toBe(false);
    const newest = reviewChannel(all.slice(0, 2), [{ ...head, count: 2 }, head]);
    expect(newest).toMatchObject({ complete: false, missing: [2, 3] });
  });

  it('is noticed where it shows two operations under one number', () => {
    expect(reviewChannel([...all, add(2, '9')], [head]).repeated).toEqual([2]);
  });

  it('makes no reader count to four billion', () => {
    expect(reviewChannel([], [{ ...head, count: 4_294_967_295 }]).missing).toHaveLength(1024);
  });

  it('cannot replay an entry under another label, word or month', async () => {
    const rng = seeded('replay');
    const k = rng(32);
    const token = channelToken(k, MONTH, 'diabetes');
    const label = entryLabel(token.labelKey, 0);
    const sealed = await sealEntry(token.dataKey, label, all[0]!, rng);
    expect(await openEntry(token.dataKey, label, sealed)).toEqual(all[0]);
    for (const [month, word, i] of [
      [MONTH, 'diabetes', 1],
      [MONTH, 'hiv', 0],
      ['2026-12', 'diabetes', 0],
    ] as const) {
      const other = channelToken(k, month, word);
      expect(await openEntry(other.dataKey, entryLabel(other.labelKey, i), sealed)).toBeUndefined();
    }
  });
});

describe('a removed member of a group', () => {
  it('reads the channels of the old group key, and none that was agreed afresh', async () => {
    const rng = seeded('group');
    const [device, oldSeed, newSeed] = [rng(32), rng(32), rng(32)];
    const ends = { author: id('a'), device: id('d'), recipient: id('b') };
    const verifyingKey = await verifyingKeyOf(device);
    const agree = (seed: Uint8Array, epoch: string) =>
      openChannel({ ...ends, recipientBoxKey: boxKeyOf(seed).publicKey, epoch, authorDeviceKey: device, rng });
    const [before, after] = [await agree(oldSeed, 'group 1'), await agree(newSeed, 'group 2')];
    const accept = (offer: typeof before, seed: Uint8Array, boxSeed: Uint8Array, epoch: string) =>
      acceptChannel({ ...ends, ...offer, recipientBoxKey: boxKeyOf(seed).publicKey, epoch, boxSeed, verifyingKey });
    expect((await accept(before, oldSeed, oldSeed, 'group 1')).k).toEqual(before.k);
    // Decapsulating with the wrong seed gives another key: nothing opens.
    const wrong = await accept(after, newSeed, oldSeed, 'group 2');
    expect(wrong.k).not.toEqual(after.k);
    const token = channelToken(after.k, MONTH, 'hiv');
    const label = entryLabel(token.labelKey, 0);
    const sealed = await sealEntry(
      token.dataKey,
      label,
      { op: 'del', record: id('1'), group: 'g', generation: 1, n: 0 },
      rng,
    );
    expect(await openEntry(channelToken(wrong.k, MONTH, 'hiv').dataKey, label, sealed)).toBeUndefined();
    expect(await openEntry(token.dataKey, label, sealed)).toBeDefined();
  });
});
