import { type AccountId, type Bytes, decodeCanonical, encodeCanonical, field, hex } from '@salus/base';
import {
  type AddedEntry,
  type ChannelToken,
  channelToken,
  EVERYTHING,
  openChannel,
  sealEntry,
  sealHead,
} from '@salus/schemes/holder';
import { entryLabel } from '@salus/schemes/keyless';
import { z } from 'zod';
import type { Device } from './device.ts';
import { monthOf } from './months.ts';
import type { Reader } from './readers.ts';

/** A channel as its author keeps it. */
const writtenChannel = z.strictObject({
  /** What the node was given. */
  offer: z.strictObject({
    channel: field.id(),
    author: field.id(),
    device: field.id(),
    recipient: field.id(),
    epoch: z.string(),
    encapsulation: field.bytes(1_120),
    signature: field.bytes(64),
  }),
  k: field.bytes(32),
  /** The recipient's keys it was opened to: another version gets another channel. */
  keysVersion: field.uint(),
  /** Since which restore of the server it is used: numbers given before it may stand nowhere, and readers stop at a gap. */
  restoration: z.string().default(''),
  /** Next number of each chain, by month and word. */
  next: z.record(z.string(), field.uint()),
  /** Records so far, by month. */
  counts: z.record(z.string(), field.uint()),
  /** Chains of the request under way, with the number each began at; empty when none is. */
  pending: z.record(z.string(), field.uint()),
  /** Counts before the request under way, of the months that it counts in. */
  before: z.record(z.string(), field.uint()).default({}),
});
type WrittenChannel = z.output<typeof writtenChannel>;

const CHANNEL_LIMIT_BYTES = 16 * 1024 * 1024;
const storeName = (recipient: AccountId) => `channel-${recipient}`;

/** Under what a topic is searched; words never begin so. */
export const topicWord = (topic: string): string => (topic === EVERYTHING ? EVERYTHING : `#${topic}`);

/** What a reader is to find of one record: the entry, its words, and its topics with their slots. */
export interface Findable {
  entry: Omit<AddedEntry, 'n' | 'op' | 'topicSlot'>;
  words: readonly string[];
  topics: ReadonlyMap<string, string>;
}

/** An entry as the node stores it. */
export interface SealedEntry {
  label: Bytes;
  value: Bytes;
}

/** What an upload carries for one reader. */
export interface WrittenEntries {
  channels: WrittenChannel['offer'][];
  entries: SealedEntry[];
  /** Call when the node has acknowledged them. */
  written: () => Promise<void>;
}

/**
 * Seals search entries for a reader: one per word and topic, one for everything, and a signed count. Numbers are durable
 * before anything is sent, so a label never repeats; numbers a crash left open are found again from the node.
 */
export async function writeEntries(
  device: Device,
  reader: Reader,
  findables: readonly Findable[],
): Promise<WrittenEntries> {
  const month = monthOf(device.time);
  const { channel, opened } = await channelTo(device, reader);
  await settlePending(device, reader.account, channel);
  const writer = new Writer(device, channel, month);
  for (const findable of findables) await writer.addFindable(findable);
  await writer.addHead();
  await save(device, reader.account, channel);
  const written = async () => {
    channel.pending = {};
    channel.before = {};
    await save(device, reader.account, channel);
  };
  return { channels: opened, entries: writer.entries, written };
}

class Writer {
  readonly entries: SealedEntry[] = [];
  /** By word: the records of a request have most of theirs in common. */
  readonly #tokens = new Map<string, ChannelToken>();

  constructor(
    readonly device: Device,
    readonly channel: WrittenChannel,
    readonly month: string,
  ) {}

  /** One record is one number of the channel's count, whatever it is found by. */
  async addFindable({ entry, words, topics }: Findable): Promise<void> {
    const n = this.channel.counts[this.month] ?? 0;
    this.channel.before[this.month] ??= n;
    this.channel.counts[this.month] = n + 1;
    const add = async (word: string, topicSlot?: string) => {
      const { label, dataKey } = this.#next(word);
      const content: AddedEntry = { op: 'add', ...entry, n, ...(topicSlot ? { topicSlot } : {}) };
      this.entries.push({ label, value: await sealEntry(dataKey, label, content, this.device.random) });
    };
    for (const word of words) await add(word);
    for (const [topic, slot] of topics) if (topic !== EVERYTHING) await add(topicWord(topic), slot);
    await add(EVERYTHING, topics.get(EVERYTHING));
  }

  /** The author's signed count closes every request: a cut tail or a withheld entry shows. */
  async addHead(): Promise<void> {
    const { label, dataKey } = this.#next(EVERYTHING);
    const count = this.channel.counts[this.month] ?? 0;
    const head = {
      channel: this.channel.offer.channel,
      month: this.month,
      count,
      gaps: [],
      dataKey,
      label,
      signingKey: this.device.identity.device.seed,
    };
    this.entries.push({ label, value: await sealHead(head, this.device.random) });
  }

  #token(word: string): ChannelToken {
    const token = this.#tokens.get(word) ?? channelToken(this.channel.k, this.month, word);
    this.#tokens.set(word, token);
    return token;
  }

  #next(word: string) {
    const chain = `${this.month} ${word}`;
    const i = this.channel.next[chain] ?? 0;
    this.channel.next[chain] = i + 1;
    this.channel.pending[chain] ??= i;
    const { labelKey, dataKey } = this.#token(word);
    return { label: entryLabel(labelKey, i), dataKey };
  }
}

/** The channel to a reader, opened anew where there is none or the reader's keys have changed. */
async function channelTo(
  device: Device,
  reader: Reader,
): Promise<{ channel: WrittenChannel; opened: WrittenEntries['channels'] }> {
  const bytes = await device.store.get(storeName(reader.account));
  const held = bytes && decodeCanonical('search channel', bytes, writtenChannel, CHANNEL_LIMIT_BYTES);
  const restoration = device.trust.restoration?.id ?? '';
  if (held && held.keysVersion === reader.keys.keysVersion && held.restoration === restoration)
    return { channel: held, opened: [held.offer] };
  const epoch = monthOf(device.time);
  const ends = {
    author: device.account,
    device: device.identity.device.id,
    recipient: reader.account,
    recipientBoxKey: reader.keys.boxKey,
    epoch,
  };
  const { id, k, encapsulation, signature } = await openChannel({
    ...ends,
    authorDeviceKey: device.identity.device.seed,
    rng: device.random,
  });
  const { recipientBoxKey: _, ...named } = ends;
  const offer = { channel: id, ...named, encapsulation, signature };
  const { keysVersion } = reader.keys;
  const channel = { offer, k, keysVersion, restoration, next: {}, counts: {}, pending: {}, before: {} };
  return { channel, opened: [offer] };
}

const save = (device: Device, recipient: AccountId, channel: WrittenChannel): Promise<void> =>
  device.store.put(storeName(recipient), encodeCanonical(channel));

/**
 * After a request whose answer never came, or that was refused: asks the node which of its labels arrived, and goes on
 * behind the last one. Where none did, the same numbers are used again, for nothing stands under them, and its records
 * are not counted. A node takes in all entries of a request or none.
 */
async function settlePending(device: Device, recipient: AccountId, channel: WrittenChannel): Promise<void> {
  const pending = Object.entries(channel.pending);
  if (pending.length === 0) return;
  let arrived = false;
  for (const [chain, from] of pending) {
    const [month, word] = [chain.slice(0, 7), chain.slice(8)];
    const { labelKey } = channelToken(channel.k, month, word);
    const { chains } = await device.client.call('search', { chains: [{ labelKey, from }] });
    const found = chains[0]!.matches.filter((match) => hex(entryLabel(labelKey, match.counter)) === hex(match.label));
    if (found.length > 0) arrived = true;
    channel.next[chain] = found.length > 0 ? Math.max(...found.map((match) => match.counter)) + 1 : from;
  }
  if (!arrived) Object.assign(channel.counts, channel.before);
  channel.pending = {};
  channel.before = {};
  await save(device, recipient, channel);
}
