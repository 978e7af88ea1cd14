import { hex } from '@salus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptChannel,
  channelToken,
  checkHead,
  covering,
  type Entry,
  EVERYTHING,
  type HeadEntry,
  normaliseWord,
  openChannel,
  openDelegation,
  openEntry,
  plainForm,
  reviewChannel,
  SEALED_ENTRY_BYTES,
  sealDelegation,
  sealEntry,
  sealHead,
} from '../src/holder/index.ts';
import {
  boxKeyOf,
  entryLabel,
  openRow,
  ROW_LABEL_KEYS_LIMIT,
  rowLabel,
  sealRow,
  verifyingKeyOf,
  wrapRow,
} from '../src/keyless/index.ts';
import { seeded } from './world.ts';

const id = (digit: string) => digit.repeat(32);
const MONTH = '2026-11';

async function channel(seed: string) {
  const rng = seeded(seed);
  const [signingKey, boxSeed] = [rng(32), rng(32)];
  const recipientBoxKey = boxKeyOf(boxSeed).publicKey;
  const ends = { author: id('a'), device: id('d'), recipient: id('b'), recipientBoxKey, epoch: MONTH };
  const opened = await openChannel({ ...ends, authorDeviceKey: signingKey, rng });
  return { rng, signingKey, verifyingKey: await verifyingKeyOf(signingKey), boxSeed, ends, opened };
}

const added = (n: number, change: Partial<Entry> = {}): Entry =>
  ({
    op: 'add',
    record: id('c'),
    group: 'vitals',
    generation: 1,
    slot: id('e'),
    kappa: new Uint8Array(32).fill(7),
    n,
    ...change,
  }) as Entry;

describe('words', () => {
  it('have one form whatever their case, width, composition or spacing', () => {
    expect(normaliseWord('  Diabetes\t MELLITUS ')).toBe('diabetes mellitus');
    expect(normaliseWord('Ｅ１１．９')).toBe('e11.9');
    expect(normaliseWord('cafe\u0301')).toBe(normaliseWord('CAFÉ'));
    expect(normaliseWord('Straße')).toBe(normaliseWord('STRASSE'));
    expect(normaliseWord('ΟΔΟΣ')).toBe(normaliseWord('οδος'));
    expect(normaliseWord('ﬁbula')).toBe('fibula');
  });

  it('keep their diacritics, and have a plain form beside', () => {
    expect(normaliseWord('Ménière')).toBe('ménière');
    expect(plainForm('ménière')).toBe('meniere');
    expect(plainForm('asthma')).toBe('asthma');
  });

  it('are normalised once: doing it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (text) => {
        let word: string;
        try {
          word = normaliseWord(text);
        } catch {
          return;
        }
        expect(normaliseWord(word)).toBe(word);
        expect(normaliseWord(text.normalize('NFKC').toUpperCase())).toBe(word);
      }),
      { numRuns: 1000 },
    );
  });

  it('are refused when empty, reserved or longer than 64 bytes', () => {
    const unfit = expect.objectContaining({ code: 'word-unfit' });
    for (const text of ['', '   ', '*', ' * ', 'ä'.repeat(33), 'a'.repeat(65), 'a'.repeat(2000)])
      expect(() => normaliseWord(text)).toThrow(unfit);
    expect(normaliseWord('ä'.repeat(32))).toHaveLength(32);
    const k = seeded('k')(32);
    for (const [month, word] of [
      ['2026-13', 'a'],
      ['26-01', 'a'],
      [MONTH, ''],
      [MONTH, 'a'.repeat(65)],
    ] as const)
      expect(() => channelToken(k, month, word)).toThrow(unfit);
  });
});

describe('channels', () => {
  it('give both ends one key, under one id', async () => {
    const { ends, opened, boxSeed, verifyingKey } = await channel('ends');
    const accepted = await acceptChannel({ ...ends, ...opened, boxSeed, verifyingKey });
    expect(accepted).toEqual({ id: opened.id, k: opened.k });
    expect(opened.id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('are refused unless the author’s device signed these ends, this epoch, key and encapsulation', async () => {
    const { ends, opened, boxSeed, verifyingKey, rng } = await channel('refused');
    const good = { ...ends, ...opened, boxSeed, verifyingKey };
    const other = await openChannel({ ...ends, authorDeviceKey: rng(32), rng });
    const wrongs = [
      { author: id('f') },
      { device: id('f') },
      { recipient: id('f') },
      { epoch: '2026-12' },
      { recipientBoxKey: boxKeyOf(rng(32)).publicKey },
      { verifyingKey: await verifyingKeyOf(rng(32)) },
      { encapsulation: other.encapsulation },
      { signature: other.signature },
      { id: other.id },
      { signature: opened.signature.subarray(1) },
      { encapsulation: new Uint8Array(3) },
    ];
    for (const wrong of wrongs)
      await expect(acceptChannel({ ...good, ...wrong })).rejects.toEqual(
        expect.objectContaining({ code: 'channel-refused' }),
      );
  });

  it('have tokens of their own for each word and month: a label key reaches neither back nor forward', async () => {
    const { opened, rng } = await channel('tokens');
    const tokens = [
      channelToken(opened.k, MONTH, 'diabetes'),
      channelToken(opened.k, '2026-10', 'diabetes'),
      channelToken(opened.k, '2026-12', 'diabetes'),
      channelToken(opened.k, MONTH, 'asthma'),
      channelToken(opened.k, MONTH, EVERYTHING),
      channelToken(rng(32), MONTH, 'diabetes'),
    ];
    expect(new Set(tokens.flatMap(({ labelKey, dataKey }) => [hex(labelKey), hex(dataKey)])).size).toBe(12);
    const labels = tokens.flatMap(({ labelKey }) =>
      Array.from({ length: 100 }, (_, i) => hex(entryLabel(labelKey, i))),
    );
    expect(new Set(labels).size).toBe(600);
  });
});

describe('entries', () => {
  it('come back, have one size, and open under their own label and data key alone', async () => {
    const { opened, rng } = await channel('entries');
    const { labelKey, dataKey } = channelToken(opened.k, MONTH, 'diabetes');
    const entries = [
      added(0),
      added(4_294_967_295, { group: 'x'.repeat(32), generation: 4_294_967_295, topicSlot: id('9') }),
      { op: 'del', record: id('c'), group: 'vitals', generation: 1, n: 2 } as const,
    ];
    for (const [i, entry] of entries.entries()) {
      const label = entryLabel(labelKey, i);
      const sealed = await sealEntry(dataKey, label, entry, rng);
      expect(sealed).toHaveLength(SEALED_ENTRY_BYTES);
      expect(await openEntry(dataKey, label, sealed)).toEqual(entry);
      expect(await openEntry(dataKey, entryLabel(labelKey, i + 1), sealed)).toBeUndefined();
      expect(await openEntry(rng(32), label, sealed)).toBeUndefined();
      expect(await openEntry(dataKey, label, sealed.subarray(1))).toBeUndefined();
      const flipped = sealed.map((byte, k) => (k === 40 * (i + 1) ? byte ^ 1 : byte));
      expect(await openEntry(dataKey, label, flipped)).toBeUndefined();
    }
  });

  it('that an author made up are no entries, rather than a crash', async () => {
    const { rng } = await channel('made up');
    const [dataKey, label] = [rng(32), rng(32)];
    for (const entry of [
      { op: 'add' },
      { op: 'other' },
      added(-1),
      { ...added(1), more: 1 },
      added(0, { group: 'ä' }),
      7,
    ]) {
      const sealed = await sealEntry(dataKey, label, entry as Entry, rng);
      expect(await openEntry(dataKey, label, sealed)).toBeUndefined();
    }
  });
});

describe('heads', () => {
  it('are believed when the author’s device signed them for this channel and month', async () => {
    const { opened, signingKey, verifyingKey, rng } = await channel('heads');
    const { labelKey, dataKey } = channelToken(opened.k, MONTH, EVERYTHING);
    const label = entryLabel(labelKey, 5);
    const head = { channel: opened.id, month: MONTH, count: 7, gaps: [2, 3] };
    const sealed = await sealHead({ ...head, dataKey, label, signingKey }, rng);
    expect(sealed).toHaveLength(SEALED_ENTRY_BYTES);
    const entry = (await openEntry(dataKey, label, sealed)) as HeadEntry;
    const about = { channel: opened.id, month: MONTH, verifyingKey };
    expect(await checkHead(entry, about)).toEqual(head);
    const refused = expect.objectContaining({ code: 'head-refused' });
    for (const wrong of [{ count: 6 }, { count: 8 }, { gaps: [2] }, { gaps: [] }])
      await expect(checkHead({ ...entry, ...wrong }, about)).rejects.toEqual(refused);
    for (const wrong of [{ channel: id('0') }, { month: '2026-10' }, { verifyingKey: await verifyingKeyOf(rng(32)) }])
      await expect(checkHead(entry, { ...about, ...wrong })).rejects.toEqual(refused);
    for (const gaps of [[3, 2], [2, 2], [7], Array.from({ length: 17 }, (_, k) => k)])
      await expect(sealHead({ ...head, gaps, dataKey, label, signingKey }, rng)).rejects.toEqual(refused);
  });

  it('make a full review of what stands', () => {
    const other = { record: id('9') };
    const deleted: Entry = { op: 'del', record: id('c'), group: 'vitals', generation: 1, n: 3 };
    const entries = [added(0), added(1, other), deleted];
    const count = { channel: id('1'), month: MONTH, count: 4, gaps: [2] };
    expect(reviewChannel(entries, [count])).toEqual({ complete: true, missing: [], repeated: [], live: [entries[1]] });
    expect(reviewChannel(entries, [{ ...count, count: 2, gaps: [] }, count]).complete).toBe(true);
    expect(reviewChannel([...entries].reverse(), [count]).live).toEqual([entries[1]]);
  });
});

describe('delegated search', () => {
  const rng = seeded('rows');
  const [rowKey, serverSecret] = [rng(32), rng(32)];
  const row = {
    rk1: rng(48),
    E: rng(48),
    labelKeys: [{ channel: id('1'), epoch: MONTH, labelKey: rng(32) }],
  };

  it('opens a row for its key in the server’s hands, and for nobody else', async () => {
    const sealed = await sealRow(rowKey, row, rng);
    const wrapped = await wrapRow(serverSecret, sealed, rng);
    expect(await openRow(serverSecret, rowKey, wrapped)).toEqual(row);
    expect(await openRow(serverSecret, rng(32), wrapped)).toBeUndefined();
    expect(await openRow(rng(32), rowKey, wrapped)).toBeUndefined();
    expect(await openRow(serverSecret, rowKey, sealed)).toBeUndefined();
    for (let at = 0; at < wrapped.length; at += 50) {
      const flipped = wrapped.map((byte, k) => (k === at ? byte ^ 1 : byte));
      expect(await openRow(serverSecret, rowKey, flipped)).toBeUndefined();
    }
    expect(rowLabel(rowKey)).not.toEqual(rowLabel(serverSecret));
  });

  it('pads rows so that their length says little, and bounds them', async () => {
    const many = (count: number) => ({ ...row, labelKeys: Array.from({ length: count }, () => row.labelKeys[0]!) });
    const lengths = await Promise.all([1, 2, 3, 40, 50].map(async (n) => (await sealRow(rowKey, many(n), rng)).length));
    expect(new Set(lengths).size).toBeLessThanOrEqual(3);
    await expect(sealRow(rowKey, many(ROW_LABEL_KEYS_LIMIT + 1), rng)).rejects.toEqual(
      expect.objectContaining({ code: 'row-oversized' }),
    );
    const most = await wrapRow(serverSecret, await sealRow(rowKey, many(ROW_LABEL_KEYS_LIMIT), rng), rng);
    expect((await openRow(serverSecret, rowKey, most))?.labelKeys).toHaveLength(ROW_LABEL_KEYS_LIMIT);
  });

  it('tells the delegate beside the node, and says loudly what is not covered', async () => {
    const [boxSeed, delegation] = [rng(32), id('7')];
    const content = {
      delegation,
      topic: 'diabetes',
      rows: [{ patient: id('b'), year: 2026, rowKey }],
      dataKeys: [{ channel: id('1'), epoch: MONTH, dataKey: rng(32) }],
    };
    const box = await sealDelegation(content, boxKeyOf(boxSeed).publicKey, rng);
    const opened = await openDelegation({ boxSeed }, delegation, box);
    expect(opened).toEqual(content);
    expect(await openDelegation({ boxSeed }, id('8'), box)).toBeUndefined();
    expect(await openDelegation({ boxSeed: rng(32) }, delegation, box)).toBeUndefined();
    expect(covering([opened!], 'diabetes')).toEqual([content]);
    expect(() => covering([opened!], 'hiv')).toThrow(
      expect.objectContaining({ code: 'not-covered', facts: { topic: 'hiv' } }),
    );
  });
});
