import { LIMITS } from '@salus/api';
import { type Bytes, isSalusError, type RecordId, SalusError } from '@salus/base';
import type { FieldGroup } from '@salus/contracts';
import type { Secret } from '@salus/schemes/holder';
import { bodyRootOf } from '@salus/schemes/keyless';
import type { Content, Progress } from './content.ts';
import type { Device } from './device.ts';
import { newGeneration, newRecordId } from './generation.ts';
import { yearOf } from './months.ts';
import { newcomersTo, type Reader, readersOf } from './readers.ts';
import { myRecord, type OwnRecord, openOwn } from './records.ts';
import { type SealedVersion, sealVersion } from './sealedVersion.ts';
import { makeSlots, type Shareable, sealSlots, sendSlots } from './sharing.ts';

/** What became of one new record. */
export interface Added {
  record: RecordId;
  group: FieldGroup;
  version: number;
  sentBytes: number;
  topics: string[];
  words: string[];
  height: number;
}

/** A record sealed and sent, ready for its commit. */
interface Ready {
  record: RecordId;
  group: FieldGroup;
  generation: number;
  secret: Secret;
  kappa: Bytes;
  sealed: SealedVersion;
  ownerBox: Bytes;
  proof: Bytes;
  year: number;
  version: number;
  operation: { id: string; bytes: Bytes };
}

/** Records in one request: every chain gets fewer numbers than the gap at which readers stop, should the answer be lost. */
const RECORDS_PER_REQUEST = 48;
/** Slots of 16 KiB a reader and record at most; a request stays below the limit. */
const REQUEST_BYTES = LIMITS.requestBytes - 512 * 1024;

/**
 * Adds records of my own: seals each, sends what is new, and commits them with slots and search entries for everyone
 * whose consent covers them. Gives each as the ledger has it; what was committed stays if a later one fails.
 */
export async function* addRecords(
  device: Device,
  contents: AsyncIterable<Content> | Iterable<Content>,
  onProgress?: (progress: Progress) => void,
): AsyncGenerator<Added> {
  let ready: Ready[] = [];
  for await (const content of contents) {
    ready.push(await sealNew(device, content, onProgress));
    if (ready.length < RECORDS_PER_REQUEST) continue;
    yield* commit(device, ready, onProgress);
    ready = [];
  }
  if (ready.length > 0) yield* commit(device, ready, onProgress);
}

const SLOT_BYTES = 800;
const SLOTS_PER_READER = 17;

/** How many records fit a request, if every reader may share and every record has all its topics. */
const requestLimit = (readers: readonly Reader[]): number =>
  Math.max(
    1,
    Math.min(RECORDS_PER_REQUEST, Math.floor(REQUEST_BYTES / (readers.length * SLOTS_PER_READER * SLOT_BYTES + 1))),
  );

async function sealNew(device: Device, content: Content, onProgress?: (progress: Progress) => void): Promise<Ready> {
  const name = { record: newRecordId(device), group: content.kind, generation: 1 };
  const { origin, secret, ownerBox, proof } = await newGeneration(device, name);
  const sealed = await sealVersion(device, content, { secret, version: 1 }, [], onProgress);
  const year = yearOf(device.time);
  const operation = await device.operation('record.commit', {
    record: name.record,
    group: name.group,
    patient: device.account,
    c1: secret.c1,
    com: secret.com,
    bodyRoot: sealed.bodyRoot,
    year,
  });
  return { ...name, secret, kappa: origin.kappa, sealed, ownerBox, proof, year, version: 1, operation };
}

/** As who may read stands now: sealing and sending may have taken hours, in which another device consented. */
async function* commit(
  device: Device,
  ready: readonly Ready[],
  onProgress?: (progress: Progress) => void,
): AsyncGenerator<Added> {
  const readers = await readersOf(device, device.account);
  const limit = requestLimit(readers);
  for (let at = 0; at < ready.length; at += limit)
    yield* commitFor(device, readers, ready.slice(at, at + limit), onProgress);
}

async function* commitFor(
  device: Device,
  readers: readonly Reader[],
  ready: readonly Ready[],
  onProgress?: (progress: Progress) => void,
): AsyncGenerator<Added> {
  const made = await makeSlots(device, readers, ready.map(shareable));
  onProgress?.({ step: 'writing-down', doneBytes: ready.reduce((sum, { sealed }) => sum + sealed.sentBytes, 0) });
  const outcomes = await device.writes(async () => {
    const { slots, locks, channels, entries, written } = await sealSlots(device, made);
    const records = ready.map((record, i) => ({
      operation: record.operation.bytes,
      envelope: {
        record: record.record,
        group: record.group,
        generation: record.generation,
        proof: record.proof,
        ownerBox: record.ownerBox,
        version: record.sealed.stored,
        slots: slots[i]!,
      },
    }));
    const answer = await device.upload('putRecords', { records, locks, channels, entries });
    if (answer.outcomes.some((outcome) => 'receipt' in outcome)) await written();
    return answer.outcomes;
  });
  const committed = ready.filter((_, i) => 'receipt' in outcomes[i]!);
  await shareWithNewcomers(device, readers, committed.map(shareable));
  for (const [i, record] of ready.entries()) yield await added(device, record, outcomes[i]!);
}

/**
 * Opens records to those who were let in between the look at who may read and the commit. Whoever consented looks for such records, too:
 * readers take a record that was opened to them twice for one.
 */
async function shareWithNewcomers(
  device: Device,
  before: readonly Reader[],
  records: readonly Shareable[],
): Promise<void> {
  if (records.length === 0) return;
  const newcomers = await newcomersTo(device, device.account, before);
  if (newcomers.length === 0) return;
  await sendSlots(device, records, await makeSlots(device, newcomers, records));
}

type Outcome =
  | { receipt: { header: Bytes; inclusion: Bytes; height: number } }
  | { error: { code: string; message: string; fix: string; facts: Record<string, string | number | boolean> } };

/** Throws the rejection; believes the receipt only with its proof. */
async function added(
  device: Device,
  { record, group, sealed, version, operation }: Pick<Ready, 'record' | 'group' | 'sealed' | 'version' | 'operation'>,
  outcome: Outcome,
): Promise<Added> {
  if ('error' in outcome)
    throw new SalusError(outcome.error.code, outcome.error.message, outcome.error.fix, outcome.error.facts);
  await device.trust.included(operation.bytes, outcome.receipt, sealed.card.title);
  await sealed.committed();
  const { topics, words } = sealed.card;
  return { record, group, version, sentBytes: sealed.sentBytes, topics, words, height: outcome.receipt.height };
}

const shareable = ({ record, group, generation, secret, kappa, sealed, year }: Ready): Shareable => ({
  record,
  group,
  generation,
  secret,
  kappa,
  year,
  topics: sealed.card.topics,
  words: sealed.card.words,
});

/**
 * Saves a new version of my record. What did not change is neither sealed nor sent again. Where somebody was cut off since
 * the record was sealed, the edit opens a new generation: new secret, slots for those who may still read. Throws
 * `record-conflict` where another device was faster.
 */
export async function updateRecord(
  device: Device,
  record: RecordId,
  content: Content,
  onProgress?: (progress: Progress) => void,
): Promise<Added> {
  const own = await myRecord(device, record);
  const { manifest } = await openOwn(device, own);
  const version = own.version + 1;
  const sealed = await sealVersion(device, content, { secret: own.secret, version }, manifest.chunks, onProgress);
  const operation = await device.operation('record.update', {
    record,
    group: own.group,
    generation: own.generation,
    version,
    previous: bodyRootOf(own.stored),
    bodyRoot: sealed.bodyRoot,
  });
  const { outcomes } = await device.upload('putRecords', {
    records: [{ operation: operation.bytes, version: sealed.stored }],
    locks: [],
    channels: [],
    entries: [],
  });
  try {
    const saved = await added(device, { record, group: own.group, sealed, version, operation }, outcomes[0]!);
    await indexNewTerms(device, own, sealed.card);
    return saved;
  } catch (thrown) {
    if (!isSalusError(thrown, 'generation-closed')) throw thrown;
    return reseal(device, own, content, manifest.chunks, onProgress);
  }
}

/** Words and topics that an edit brought: readers find the record by them too, and may share it by the new topics. */
async function indexNewTerms(
  device: Device,
  own: OwnRecord,
  card: { topics: string[]; words: string[] },
): Promise<void> {
  const [topics, words] = [
    card.topics.filter((topic) => !own.card.topics.includes(topic)),
    card.words.filter((word) => !own.card.words.includes(word)),
  ];
  if (topics.length + words.length === 0) return;
  const readers = await readersOf(device, device.account);
  const { record, group, generation, secret, origin, time } = own;
  const added = [{ record, group, generation, secret, kappa: origin.kappa, year: yearOf(time), topics, words }];
  const made = await makeSlots(device, readers, added);
  if (made.findables.length > 0) await sendSlots(device, added, made);
}

async function reseal(
  device: Device,
  own: OwnRecord,
  content: Content,
  before: Parameters<typeof sealVersion>[3],
  onProgress?: (progress: Progress) => void,
): Promise<Added> {
  const name = { record: own.record, group: own.group, generation: own.generation + 1 };
  const { origin, secret, ownerBox, proof } = await newGeneration(device, name);
  const version = own.version + 1;
  const sealed = await sealVersion(device, content, { secret, version }, before, onProgress);
  const year = yearOf(device.time);
  const operation = await device.operation('record.generation', {
    ...name,
    version,
    previous: bodyRootOf(own.stored),
    c1: secret.c1,
    com: secret.com,
    bodyRoot: sealed.bodyRoot,
    year,
  });
  const ready: Ready = { ...name, secret, kappa: origin.kappa, sealed, ownerBox, proof, year, version, operation };
  const { value } = await commit(device, [ready]).next();
  return value;
}
