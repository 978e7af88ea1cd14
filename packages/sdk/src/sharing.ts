import type { Bytes, RecordId } from '@salus/base';
import type { FieldGroup } from '@salus/contracts';
import type { Secret } from '@salus/schemes/holder';
import type { Device } from './device.ts';
import { type LockShare, sealLocks } from './locks.ts';
import { pause } from './pause.ts';
import { covers, type Reader } from './readers.ts';
import { type Findable, writeEntries } from './searchWriter.ts';
import { slotsFor, type UploadedSlot } from './slotMaking.ts';

/** A record to be opened to readers. */
export interface Shareable {
  record: RecordId;
  group: FieldGroup;
  generation: number;
  secret: Secret;
  kappa: Bytes;
  year: number;
  topics: readonly string[];
  words: readonly string[];
}

/** Slots of records for readers, with their locks, and what each reader is to find of them. */
export interface MadeSlots {
  slots: UploadedSlot[][];
  locks: LockShare[];
  findables: { reader: Reader; records: Findable[] }[];
}

/** Makes slots for every reader whose consent covers each record, and lets others work in between: a GT power or two a slot. */
export async function makeSlots(
  device: Device,
  readers: readonly Reader[],
  records: readonly Shareable[],
): Promise<MadeSlots> {
  const slots: UploadedSlot[][] = records.map(() => []);
  const locks: LockShare[] = [];
  const found: MadeSlots['findables'] = [];
  for (const reader of readers) {
    const findables: Findable[] = [];
    for (const [i, record] of records.entries()) {
      if (!covers(reader, record.group)) continue;
      await pause();
      const made = slotsFor(
        reader,
        record.secret,
        { patient: device.account, year: record.year, topics: record.topics },
        device.random,
      );
      slots[i]!.push(...made.slots);
      locks.push(...made.locks);
      const { record: id, group, generation, kappa } = record;
      findables.push({
        entry: { record: id, group, generation, slot: made.direct, kappa },
        words: record.words,
        topics: made.topics,
      });
    }
    if (findables.length > 0) found.push({ reader, records: findables });
  }
  return { slots, locks, findables: found };
}

/**
 * Seals locks and search entries of slots that were made. Entries are numbered: call this, send what it gives and call `written`
 * within `device.writes`.
 */
export async function sealSlots(device: Device, { slots, locks, findables }: MadeSlots) {
  const channels = [];
  const entries = [];
  const written: (() => Promise<void>)[] = [];
  for (const { reader, records } of findables) {
    const sealed = await writeEntries(device, reader, records);
    channels.push(...sealed.channels);
    entries.push(...sealed.entries);
    written.push(sealed.written);
  }
  return {
    slots,
    locks: await sealLocks(device, locks),
    channels,
    entries,
    written: async () => void (await Promise.all(written.map((done) => done()))),
  };
}

/** Sends slots and entries of records that are on the ledger already. */
export async function sendSlots(device: Device, shared: readonly Shareable[], made: MadeSlots): Promise<void> {
  await device.writes(async () => {
    const { slots, locks, channels, entries, written } = await sealSlots(device, made);
    const records = shared.map(({ record, group, generation }, i) => ({ record, group, generation, slots: slots[i]! }));
    await device.upload('putSlots', { records, locks, channels, entries });
    await written();
  });
}
