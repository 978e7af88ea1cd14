import { newId, type Random } from '@salus/base';
import { directSlot, EVERYTHING, paddingSlot, padTopics, type Secret, topicSlot } from '@salus/schemes/holder';
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
 * to 4, 8 or 16 and in random order, so that their number tells little. Cost: one GT power a slot.
 */
export function slotsFor(reader: Reader, secret: Secret, binding: Binding, random: Random): ReaderSlots {
  const slots: UploadedSlot[] = [];
  const locks: LockShare[] = [];
  const topics = new Map<string, string>();
  const add = (made: { E?: Uint8Array; value: Uint8Array; lock: Uint8Array }, kind: 'direct' | 'topic'): string => {
    const slot = newId(random);
    const { E, value, lock } = made;
    slots.push({
      slot,
      recipient: reader.account,
      kind,
      value,
      keysVersion: reader.keys.keysVersion,
      ...(E ? { E } : {}),
    });
    locks.push({ label: lockLabel(secret.ctx, slot, reader.account), lock });
    return slot;
  };
  const direct = add(directSlot(secret, reader.keys.B, random), 'direct');
  if (reader.grant.delegateTo.length > 0) {
    const conditions = [EVERYTHING, ...binding.topics];
    for (const topic of conditions) {
      const condition = { A: reader.keys.A, year: binding.year, scope: binding.patient, topic };
      topics.set(topic, add(topicSlot(secret, condition, random), 'topic'));
    }
    for (let i = conditions.length; i < padTopics(conditions.length); i++) add(paddingSlot(random), 'topic');
  }
  return { direct, topics, slots: shuffled(slots, random), locks };
}

/** Fisher–Yates with the randomness given; the tiny bias of a remainder of 32 bits hides nothing that matters. */
function shuffled<Item>(items: Item[], random: Random): Item[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = new DataView(random(4).slice().buffer).getUint32(0) % (i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
