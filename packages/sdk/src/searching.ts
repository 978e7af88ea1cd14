import { LIMITS, type ReplyOf, type Routes } from '@salus/api';
import { type AccountId, type Bytes, decodeCanonical, encodeCanonical, equal, field } from '@salus/base';
import { deviceKey, type FieldGroup } from '@salus/contracts';
import { wordsOf } from '@salus/record';
import {
  type AddedEntry,
  acceptChannel,
  type Count,
  channelToken,
  checkHead,
  type Entry,
  EVERYTHING,
  openEntry,
  reviewChannel,
} from '@salus/schemes/holder';
import { entryLabel } from '@salus/schemes/keyless';
import { z } from 'zod';
import type { Device } from './device.ts';
import { monthOf, monthsBetween } from './months.ts';
import type { ProfileStore } from './store.ts';

/** A channel opened to me, accepted. */
const readChannel = z.strictObject({
  number: field.uint(),
  channel: field.id(),
  author: field.id(),
  device: field.id(),
  /** The author's device key, as the ledger has it: heads are checked against it. */
  verifyingKey: field.bytes(32),
  epoch: z.string(),
  k: field.bytes(32),
});
export type ReadChannel = z.output<typeof readChannel>;

const CHANNELS = 'channels-read';
const SEEN_COUNTS = 'counts-seen';
const CHANNELS_LIMIT_BYTES = 64 * 1024 * 1024;
/** Months that are searched: ten years. */
export const MONTHS_LIMIT = 120;

/** Forgets which channels were opened to me and how far: they are asked for anew, and counted from what is there. */
export async function forgetChannels(store: ProfileStore): Promise<void> {
  await store.delete(CHANNELS);
  await store.delete(SEEN_COUNTS);
}

/** A record found, and what opening it takes. */
export interface Found {
  record: string;
  group: FieldGroup;
  generation: number;
  author: AccountId;
  slot: string;
  topicSlot?: string;
  kappa: Bytes;
}

/** Channels opened to me: those known, and new ones, each checked against its author's device on the ledger. */
export async function myChannels(device: Device): Promise<ReadChannel[]> {
  const bytes = await device.store.get(CHANNELS);
  const known = bytes ? decodeCanonical('channels', bytes, z.array(readChannel), CHANNELS_LIMIT_BYTES) : [];
  const before = known.length;
  for (;;) {
    const { channels } = await device.client.call('channels', { after: known.at(-1)?.number ?? 0 });
    if (channels.length === 0) break;
    const keys = await device.trust.read(
      device.client,
      channels.map((channel) => deviceKey(channel.author, channel.device)),
    );
    for (const [i, offer] of channels.entries()) known.push(await accept(device, offer, keys[i]?.key));
  }
  if (known.length > before) await device.store.put(CHANNELS, encodeCanonical(known));
  return known;
}

type Offer = ReplyOf<Routes['channels']>['channels'][number];

/** Throws `channel-refused` where no keys of mine fit an offer that its author signed. */
async function accept(device: Device, offer: Offer, verifyingKey: Bytes | undefined): Promise<ReadChannel> {
  const { number, channel, author, epoch } = offer;
  let refusal: unknown;
  for (const { version } of [...device.identity.keyring.roots].reverse()) {
    const { boxKey, boxSeed } = device.keys(version)!;
    try {
      const { k } = await acceptChannel({
        ...offer,
        id: channel,
        recipientBoxKey: boxKey,
        boxSeed,
        verifyingKey: verifyingKey ?? new Uint8Array(32),
      });
      return { number, channel, author, device: offer.device, verifyingKey: verifyingKey!, epoch, k };
    } catch (thrown) {
      refusal = thrown;
    }
  }
  throw refusal;
}

/** How words are combined: every word, or any. */
export type Combination = 'and' | 'or';

/** Records found by words: all of them, or any of them. Server work: the matches and one look-up a channel and month. */
export async function searchWords(
  device: Device,
  spoken: readonly string[],
  combination: Combination = 'and',
): Promise<Found[]> {
  const words = [...new Set(spoken.flatMap((word) => wordsOf(word).slice(0, 1)))];
  const results = await Promise.all(words.map((word) => searchChain(device, word)));
  return combine(results, combination);
}

/** Records under a topic, as those who share search them. */
export const searchTopic = (device: Device, chain: string): Promise<Found[]> => searchChain(device, chain);

const keyOf = (found: Found) => `${found.record}/${found.group}/${found.generation}`;

/** Two devices of a patient may have opened the same record to me. */
const once = (found: readonly Found[]): Found[] => [...new Map(found.map((one) => [keyOf(one), one])).values()];

export function combine(results: readonly Found[][], combination: Combination): Found[] {
  const counts = new Map<string, { found: Found; times: number }>();
  for (const result of results) {
    for (const found of once(result)) {
      const counted = counts.get(keyOf(found));
      if (counted) counted.times++;
      else counts.set(keyOf(found), { found, times: 1 });
    }
  }
  const wanted = combination === 'and' ? results.length : 1;
  return [...counts.values()].filter(({ times }) => times >= wanted).map(({ found }) => found);
}

async function searchChain(device: Device, word: string): Promise<Found[]> {
  const entries = await fetchChains(device, await myChannels(device), word);
  return once(entries.flatMap(({ channel, opened }) => live(opened).map((entry) => foundFrom(entry, channel.author))));
}

/**
 * Everything shared with me, with a word on whether the server kept anything back: entries that their author counted, a
 * channel without any, or an end that this device has seen further on. An end never shown to it, with its count, is not
 * noticed.
 */
export async function everythingShared(device: Device): Promise<{ found: Found[]; complete: boolean }> {
  const channels = await myChannels(device);
  const seen = await seenCounts(device);
  const silent = new Set(channels.map(({ channel }) => channel));
  let complete = true;
  const found: Found[] = [];
  for (const { channel, month, opened } of await fetchChains(device, channels, EVERYTHING)) {
    const counts = await countsIn(opened, channel, month);
    const review = reviewChannel(opened, counts);
    const newest = Math.max(0, ...counts.map(({ count }) => count));
    const name = `${channel.channel} ${month}`;
    if (opened.length > 0) silent.delete(channel.channel);
    if ((opened.length > 0 && !review.complete) || newest < (seen[name] ?? 0)) complete = false;
    if (newest > (seen[name] ?? 0)) seen[name] = newest;
    found.push(...review.live.map((entry) => foundFrom(entry, channel.author)));
  }
  await device.store.put(SEEN_COUNTS, encodeCanonical(seen));
  return { found: once(found), complete: complete && silent.size === 0 };
}

/** What the author's heads among the entries state. Throws `head-refused` for one that the author did not sign. */
async function countsIn(entries: readonly Entry[], channel: ReadChannel, month: string): Promise<Count[]> {
  const about = { channel: channel.channel, month, verifyingKey: channel.verifyingKey };
  const counts: Count[] = [];
  for (const entry of entries) if (entry.op === 'head') counts.push(await checkHead(entry, about));
  return counts;
}

/** The largest count seen of each channel and month. */
async function seenCounts(device: Device): Promise<Record<string, number>> {
  const bytes = await device.store.get(SEEN_COUNTS);
  return bytes ? decodeCanonical('seen counts', bytes, z.record(z.string(), field.uint()), CHANNELS_LIMIT_BYTES) : {};
}

/** Entries that stand: added and not deleted again. */
function live(entries: readonly Entry[]): AddedEntry[] {
  return reviewChannel(entries, []).live;
}

const foundFrom = ({ record, group, generation, slot, topicSlot, kappa }: AddedEntry, author: AccountId): Found => ({
  record,
  group: group as FieldGroup,
  generation,
  author,
  slot,
  kappa,
  ...(topicSlot ? { topicSlot } : {}),
});

interface Fetched {
  channel: ReadChannel;
  month: string;
  opened: Entry[];
}

/** One word's chains in all channels and months, fetched in as few requests as the limits allow. */
async function fetchChains(device: Device, channels: readonly ReadChannel[], word: string): Promise<Fetched[]> {
  const now = monthOf(device.time);
  const chains = channels.flatMap((channel) =>
    monthsBetween(channel.epoch, now, MONTHS_LIMIT).map((month) => ({
      channel,
      month,
      ...channelToken(channel.k, month, word),
    })),
  );
  const fetched: Fetched[] = [];
  for (let at = 0; at < chains.length; at += LIMITS.labelKeysPerSearch) {
    const page = chains.slice(at, at + LIMITS.labelKeysPerSearch);
    let asked = page.map((chain) => ({ chain, from: 0, opened: [] as Entry[] }));
    const all = asked;
    while (asked.length > 0) {
      const answer = await device.client.call('search', {
        chains: asked.map(({ chain, from }) => ({ labelKey: chain.labelKey, from })),
      });
      const unfinished = [];
      for (const [i, { matches, more }] of answer.chains.entries()) {
        const one = asked[i]!;
        one.from = await openMatches(one.chain, matches, one.opened, one.from);
        if (more) unfinished.push(one);
      }
      asked = unfinished;
    }
    fetched.push(...all.map(({ chain, opened }) => ({ channel: chain.channel, month: chain.month, opened })));
  }
  return fetched;
}

/** Opens what is genuine; padding has another label than its number gives. Returns where the chain goes on. */
async function openMatches(
  chain: { labelKey: Bytes; dataKey: Bytes },
  matches: readonly { counter: number; label: Bytes; value: Bytes }[],
  opened: Entry[],
  from: number,
): Promise<number> {
  let next = from;
  for (const { counter, label, value } of matches) {
    if (!equal(entryLabel(chain.labelKey, counter), label)) continue;
    const entry = await openEntry(chain.dataKey, label, value);
    if (entry) opened.push(entry);
    next = Math.max(next, counter + 1);
  }
  return next;
}
