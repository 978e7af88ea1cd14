import { type Bytes, concat, framed, type Random, u32 } from '@salus/base';
import { schemes } from '../errors.ts';
import { sign, verifySignature } from '../keyless/ed25519.ts';
import { tag } from '../keyless/suite.ts';
import { type AddedEntry, type Entry, GAPS_LIMIT, type HeadEntry, sealEntry } from './entry.ts';

/** What a head speaks of: how many operations its author put into one channel in one month. */
export interface Count {
  /** The channel's id. */
  channel: string;
  /** `YYYY-MM`. */
  month: string;
  count: number;
  /** Numbers below count that were never sent (a crash between reserving and sending), ascending. */
  gaps: readonly number[];
}

const headBytes = ({ channel, month, count, gaps }: Count): Bytes =>
  framed(tag('channel/head'), channel, month, u32(count), concat(...gaps.map(u32)));

/**
 * Signs the count with the author's device key and seals it as an entry of the `EVERYTHING` chain (its data key, the
 * next label there). Entries that are withheld then show. Throws `head-refused` for gaps out of order or too many.
 */
export async function sealHead(
  head: Count & { dataKey: Bytes; label: Bytes; signingKey: Bytes },
  random: Random,
): Promise<Bytes> {
  if (!soundGaps(head)) throw schemes('head-refused');
  const signature = await sign(head.signingKey, headBytes(head));
  const entry: HeadEntry = { op: 'head', count: head.count, gaps: [...head.gaps], signature };
  return sealEntry(head.dataKey, head.label, entry, random);
}

/** The count a head entry states. Throws `head-refused` unless the author's device signed it for this channel and month. */
export async function checkHead(
  head: HeadEntry,
  about: { channel: string; month: string; verifyingKey: Bytes },
): Promise<Count> {
  const stated: Count = { channel: about.channel, month: about.month, count: head.count, gaps: head.gaps };
  const signed = await verifySignature(about.verifyingKey, headBytes(stated), head.signature);
  if (!signed || !soundGaps(stated)) throw schemes('head-refused');
  return stated;
}

const soundGaps = ({ count, gaps }: Count): boolean =>
  gaps.length <= GAPS_LIMIT && gaps.every((gap, k) => gap < count && (k === 0 || gaps[k - 1]! < gap));

/** What a reader knows of a channel's month after fetching its `EVERYTHING` chain. */
export interface Review {
  /** Whether nothing that the author counted is missing, and a head was there at all. */
  complete: boolean;
  /** Numbers that the newest head counts and no entry carries; at most `MISSING_LISTED` of them. */
  missing: number[];
  /** Numbers that two different operations carry: an author's device restored from a copy, or a forgery. */
  repeated: number[];
  /** What stands: added and not deleted afterwards, in order of number. */
  live: AddedEntry[];
}

/** Missing numbers named in a review: enough to ask for, whatever count a head states. */
export const MISSING_LISTED = 1024;

/**
 * Decides what is missing of one channel and month. `counts` are the heads that `checkHead` accepted; the largest is
 * the newest, since counts only grow. The same rule decides what a later deletion takes away.
 */
export function reviewChannel(entries: readonly Entry[], counts: readonly Count[]): Review {
  const operations = entries.filter((entry) => entry.op !== 'head').sort((a, b) => a.n - b.n);
  const newest = counts.reduce<Count | undefined>(
    (best, next) => (best && best.count >= next.count ? best : next),
    undefined,
  );
  const missing = newest ? absentNumbers(newest, new Set(operations.map((entry) => entry.n))) : [];
  const repeated = operations.flatMap((entry, k) => (k > 0 && operations[k - 1]!.n === entry.n ? [entry.n] : []));
  return { complete: newest !== undefined && missing.length === 0, missing, repeated, live: liveOf(operations) };
}

function absentNumbers({ count, gaps }: Count, present: ReadonlySet<number>): number[] {
  const excused = new Set(gaps);
  const absent: number[] = [];
  for (let number = 0; number < count && absent.length < MISSING_LISTED; number++)
    if (!present.has(number) && !excused.has(number)) absent.push(number);
  return absent;
}

function liveOf(operations: readonly Exclude<Entry, HeadEntry>[]): AddedEntry[] {
  const live = new Map<string, AddedEntry>();
  for (const entry of operations) {
    const name = `${entry.record} ${entry.generation} ${entry.group}`;
    if (entry.op === 'add') live.set(name, entry);
    else live.delete(name);
  }
  return [...live.values()];
}
