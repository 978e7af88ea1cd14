import { type Bytes, utf8 } from '@salus/base';
import {
  acceptChannel,
  channelToken,
  type Entry,
  EVERYTHING,
  normaliseWord,
  openChannel,
  plainForm,
  sealDelegation,
  sealEntry,
  sealHead,
} from '../../src/holder/index.ts';
import { boxKeyOf, entryLabel, rowLabel, sealRow, sha256, verifyingKeyOf, wrapRow } from '../../src/keyless/index.ts';
import { seeded } from '../world.ts';
import { outcome } from './schemes.ts';

const id = (digit: string): string => digit.repeat(32);
const MONTH = '2026-11';
const flip = (bytes: Bytes, at: number): Bytes => bytes.map((byte, k) => (k === at ? byte ^ 1 : byte));

/** The golden vectors of spec/search.md, made anew from one seed. Bytes are hexadecimal. */
export async function searchVectors(): Promise<unknown> {
  const rng = seeded('vectors of the search');
  const [signingKey, boxSeed] = [rng(32), rng(32)];
  const recipientBoxKey = boxKeyOf(boxSeed).publicKey;
  const ends = { author: id('a'), device: id('d'), recipient: id('b'), recipientBoxKey, epoch: MONTH };
  const { k, ...offer } = await openChannel({ ...ends, authorDeviceKey: signingKey, rng });
  const verifyingKey = await verifyingKeyOf(signingKey);
  const good = { ...ends, ...offer, boxSeed, verifyingKey };
  await acceptChannel(good);
  return {
    words: words(),
    channels: [
      { ...good, k },
      { ...good, epoch: '2026-12', error: 'channel-refused' },
      { ...good, signature: flip(offer.signature, 40), error: 'channel-refused' },
    ],
    tokens: [
      [MONTH, 'diabetes'],
      [MONTH, EVERYTHING],
      ['2026-12', 'diabetes'],
    ].map(([month, word]) => {
      const token = channelToken(k, month!, word!);
      return {
        k,
        month,
        word,
        ...token,
        labels: [0, 1, 1000].map((i) => ({ i, label: entryLabel(token.labelKey, i) })),
      };
    }),
    entries: await entries(),
    rows: await rows(),
  };

  function words(): unknown[] {
    const texts = ['Diabetes  MELLITUS', 'Ménière', 'Straße', 'ΟΔΟΣ', 'Ｅ１１．９', '', '*', 'a'.repeat(65)];
    return texts.map((text) => {
      const word = outcome(() => normaliseWord(text));
      return { text, ...word, ...('result' in word ? { plain: plainForm(word.result) } : {}) };
    });
  }

  async function entries(): Promise<unknown[]> {
    const { labelKey, dataKey } = channelToken(k, MONTH, EVERYTHING);
    const add: Entry = {
      op: 'add',
      record: id('c'),
      group: 'vitals',
      generation: 1,
      slot: id('e'),
      topicSlot: id('9'),
      kappa: sha256(utf8('kappa')),
      n: 0,
    };
    const del: Entry = { op: 'del', record: id('c'), group: 'vitals', generation: 1, n: 1 };
    const labels = [0, 1, 2].map((i) => entryLabel(labelKey, i));
    const count = { channel: offer.id, month: MONTH, count: 3, gaps: [2] };
    const sealed = [await sealEntry(dataKey, labels[0]!, add, rng), await sealEntry(dataKey, labels[1]!, del, rng)];
    const head = await sealHead({ ...count, dataKey, label: labels[2]!, signingKey }, rng);
    return [
      { dataKey, label: labels[0], sealed: sealed[0], entry: add },
      { dataKey, label: labels[1], sealed: sealed[1], entry: del },
      { dataKey, label: labels[2], sealed: head, head: { ...count, verifyingKey } },
      {
        dataKey,
        label: labels[2],
        sealed: head,
        head: { ...count, month: '2026-12', verifyingKey },
        error: 'head-refused',
      },
      { dataKey, label: labels[1], sealed: sealed[0], entry: null },
      { dataKey, label: labels[0], sealed: flip(sealed[0]!, 200), entry: null },
    ];
  }

  async function rows(): Promise<unknown> {
    const [rowKey, serverSecret] = [rng(32), rng(32)];
    const row = { rk1: rng(48), E: rng(48), labelKeys: [{ channel: offer.id, epoch: MONTH, labelKey: rng(32) }] };
    const wrapped = await wrapRow(serverSecret, await sealRow(rowKey, row, rng), rng);
    const delegation = {
      delegation: id('7'),
      topic: 'diabetes',
      rows: [{ patient: id('b'), year: 2026, rowKey }],
      dataKeys: [{ channel: offer.id, epoch: MONTH, dataKey: rng(32) }],
    };
    return {
      sealed: [
        { serverSecret, rowKey, label: rowLabel(rowKey), wrapped, row },
        { serverSecret, rowKey: flip(rowKey, 0), label: rowLabel(flip(rowKey, 0)), wrapped, row: null },
        { serverSecret, rowKey, label: rowLabel(rowKey), wrapped: flip(wrapped, 99), row: null },
      ],
      delegations: [{ boxSeed, box: await sealDelegation(delegation, recipientBoxKey, rng), delegation }],
    };
  }
}
