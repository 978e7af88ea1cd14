import { newId, type Random } from '@salus/base';
import { EVERYTHING, padTopics, type Secret, slotsOfRecord } from '@salus/schemes/holder';
import { lockLabel } from '@salus/schemes/keyless';
import type { LockShare } from './locks.ts';
import type { Reader } from './readers.ts';

/** Where a record's topics are bound: its patient and the year signed in its commit. */
export interface Binding {
  patient: string;
  year: number;
  topics: readonly string[];
}

/** A slot as uploaded. */
export interface UploadedSlot {
  slot: string;
  recipient: string;
  kind: 'direct' | 'topic';
  E?: Uint8Array;
  value: Uint8Array;
  keysVersion: number;
}

/** What one reader gets of one record: slots, their locks, and which topic is in which slot. */
export interface ReaderSlots {
  direct: string;
  topics: Map<string, string>;
  slots: UploadedSlot[];
  locks: LockShare[];
}

/**
 * Slots of one reader: one direct, and, where the consent lets them share, one per topic and one for everything, padded
 * to 4, 8 or 16 and in random order, so that their number tells little. Cost: one GT power a slot, two for a topic.
 */
export function slotsFor(
  { account, keys, grant }: Reader,
  secret: Secret,
  binding: Binding,
  random: Random,
): ReaderSlots {
  const topics = grant.delegateTo.length > 0 ? [EVERYTHING, ...binding.topics] : [];
  const conditions = topics.map((topic) => ({ year: binding.year, scope: binding.patient, topic }));
  const padding = topics.length > 0 ? padTopics(topics.length) - topics.length : 0;
  const made = slotsOfRecord(secret, { reader: keys, conditions, padding }, random);
  const named = [made.direct, ...made.topics].map((slot) => ({ ...slot, slot: newId(random) }));
  const slots = named.map(({ lock: _, ...rest }, i): UploadedSlot => {
    const kind = i === 0 ? 'direct' : 'topic';
    return { ...rest, recipient: account, kind, keysVersion: keys.keysVersion };
  });
  return {
    direct: named[0]!.slot,
    topics: new Map(topics.map((topic, i) => [topic, named[i + 1]!.slot])),
    slots: shuffled(slots, random),
    locks: named.map(({ slot, lock }) => ({ label: lockLabel(secret.ctx, slot, account), lock })),
  };
}

/** Fisher–Yates with the randomness given; the tiny bias of a remainder of 32 bits hides nothing that matters. */
function shuffled<Item>(items: Item[], random: Random): Item[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = new DataView(random(4).slice().buffer).getUint32(0) % (i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
