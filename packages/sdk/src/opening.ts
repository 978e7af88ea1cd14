import { fromWire, LIMITS, openingFrame, type openingHead } from '@salus/api';
import { type Bytes, decodeCanonical, equal, field } from '@salus/base';
import { type CommittedRecord, type FieldGroup, type Purpose, recordKey } from '@salus/contracts';
import { type Card, type Manifest, openCard, openManifest } from '@salus/record';
import { openDelivered, type Secret } from '@salus/schemes/holder';
import {
  answerAad,
  bodyRootOf,
  boxKeyOf,
  contextOf,
  oneTimeKeyHash,
  openBox,
  type Share,
  sha256,
  slotCommitment,
  thresholdOf,
} from '@salus/schemes/keyless';
import { z } from 'zod';
import type { Device } from './device.ts';
import { sdkError } from './errors.ts';
import { fetchParts, frames } from './fetching.ts';
import { contentOf } from './records.ts';

/** One record to be opened, and under what. */
export interface ToOpen {
  record: string;
  group: FieldGroup;
  generation: number;
  slot: string;
  kappa: Bytes;
  /** A grant's id, a delegation's, or "" for one's own. */
  grant: string;
  /** Of a delegation: the row that re-encrypts this record. */
  rowKey?: Bytes;
}

/** An opened record. Its content is fetched when it is asked for. */
export interface Opened {
  record: string;
  group: FieldGroup;
  author: string;
  patient: string;
  version: number;
  card: Card;
  manifest: Manifest;
  content: () => AsyncGenerator<Bytes>;
}

/** A read that has been written down and not answered yet. */
export interface CommittedRead {
  operation: { id: string; bytes: Bytes };
  oneTimeSeed: Bytes;
  salts: Bytes[];
  asked: readonly ToOpen[];
}

/** Prepares a signed read of up to 500 records. Nothing has been sent. Throws `nothing-found` for none. */
export async function prepareRead(device: Device, asked: readonly ToOpen[], purpose: Purpose): Promise<CommittedRead> {
  if (asked.length === 0) throw sdkError('nothing-found');
  const oneTimeSeed = device.random(32);
  const salts = asked.map(() => device.random(32));
  const operation = await device.operation('read.open', {
    purpose,
    key: oneTimeKeyHash(boxKeyOf(oneTimeSeed).publicKey),
    reads: asked.map(({ record, group, generation, slot, grant }, i) => [
      record,
      group,
      generation,
      slotCommitment(slot, salts[i]!),
      grant,
    ]),
  });
  return { operation, oneTimeSeed, salts, asked };
}

/** Writes a prepared read down without asking for the answer yet. */
export async function commitRead(device: Device, read: CommittedRead): Promise<void> {
  const { receipts } = await device.client.call('submit', { operations: [read.operation.bytes] });
  await device.trust.included(read.operation.bytes, receipts[0]!);
}

/**
 * Opens records: one request writes the read down and brings the answers. Each is checked against the ledger before
 * anything is believed. Throws `read-refused`, `does-not-open`, `answer-dishonest`. Cost: one pairing a record.
 */
export async function openRecords(device: Device, asked: readonly ToOpen[], purpose: Purpose): Promise<Opened[]> {
  const opened: Opened[] = [];
  for (let at = 0; at < asked.length; at += LIMITS.readsPerOpen) {
    opened.push(
      ...(await answerRead(device, await prepareRead(device, asked.slice(at, at + LIMITS.readsPerOpen), purpose))),
    );
  }
  if (opened.length === 0) throw sdkError('nothing-found');
  return opened;
}

/** What came back for one record, before it is opened: all a reader sees of it. */
export interface Reply {
  asked: ToOpen;
  delivered: { E: Bytes; c2: Bytes; c1: Bytes; com: Bytes; author: string; keysVersion: number };
  answers: Share[];
}

/** Asks for the answer of a read and opens it. The read is written down first where it is not yet. */
export async function answerRead(device: Device, read: CommittedRead): Promise<Opened[]> {
  const opened: Opened[] = [];
  for await (const arrived of fetchRead(device, read, INLINE_BYTES))
    opened.push(await openOne(device, arrived, read.operation.id));
  return opened;
}

/** The replies of a read, checked but not opened. */
export async function fetchReplies(device: Device, read: CommittedRead): Promise<Reply[]> {
  const replies: Reply[] = [];
  for await (const { asked, delivered, answers } of fetchRead(device, read, 0))
    replies.push({ asked, delivered, answers });
  return replies;
}

// Bodies of a usual document come along with the answer; larger ones are fetched when they are asked for.
const INLINE_BYTES = 1024 * 1024;
const FRAME_LIMIT_BYTES = LIMITS.requestBytes + INLINE_BYTES + 1024 * 1024;

/** Replies in the order asked, each as soon as it is there. */
async function* fetchRead(device: Device, read: CommittedRead, contentBytes: number): AsyncGenerator<Arrived> {
  const since = device.trust.height;
  const stream = await device.client.stream('openRecords', {
    operation: read.operation.bytes,
    key: boxKeyOf(read.oneTimeSeed).publicKey,
    reads: read.asked.map(({ slot, rowKey }, i) => ({ slot, salt: read.salts[i]!, ...(rowKey ? { rowKey } : {}) })),
    contentBytes,
  });
  let head: { states: CommittedRecord[]; answers: Share[][] } | undefined;
  let count = 0;
  for await (const bytes of frames(stream, FRAME_LIMIT_BYTES)) {
    const frame = decodeCanonical('the answer of a read', bytes, openingFrame, FRAME_LIMIT_BYTES);
    if ('error' in frame) throw fromWire(frame.error);
    if ('head' in frame) {
      head = await checkHead(device, read, frame.head, since);
      continue;
    }
    const asked = read.asked[count];
    if (!head || !asked) throw sdkError('answer-dishonest', { why: 'it has another order' });
    yield {
      asked,
      delivered: frame.delivered,
      answers: head.answers.map((of) => of[count]!),
      state: head.states[count]!,
    };
    count++;
  }
  if (count !== read.asked.length) throw sdkError('answer-dishonest', { why: 'records are missing' });
}

/** Believes the beginning of an answer only with its proofs: the read is written down, and the records are as stated. */
async function checkHead(device: Device, read: CommittedRead, head: z.output<typeof openingHead>, since: number) {
  await device.trust.included(read.operation.bytes, head.receipt);
  const keys = read.asked.map(({ record, group }) => recordKey(record, group));
  const proven = await device.trust.entries({ header: head.header, entries: head.proofs }, keys, since);
  const states = read.asked.map(({ record, group }) => {
    const state = proven.get(recordKey(record, group));
    if (!state) throw sdkError('answer-dishonest', { why: 'a record is not on the ledger' });
    return state;
  });
  return { states, answers: await openAnswers(device, read, head.locks) };
}

const answersSchema = z.array(field.bytes(32)).max(LIMITS.readsPerOpen);
const ANSWERS_LIMIT_BYTES = 32 * 1024;

/** The keepers' answers: per keeper one share of each lock. A keeper's box that does not open is left out. */
async function openAnswers(
  device: Device,
  read: CommittedRead,
  locks: readonly { keeper: string; box: Bytes }[],
): Promise<Share[][]> {
  const opened: Share[][] = [];
  const { keepers } = device.trust.genesis;
  for (const { keeper, box } of locks) {
    const i = keepers.findIndex(({ id }) => id === keeper) + 1;
    const content = await openBox(read.oneTimeSeed, undefined, box, answerAad(keeper, read.operation.id));
    if (i === 0 || !content) continue;
    const answers = decodeCanonical('lock answers', content, answersSchema, ANSWERS_LIMIT_BYTES);
    if (answers.length === read.asked.length) opened.push(answers.map((value) => ({ i, value })));
  }
  return opened;
}

interface Arrived extends Reply {
  delivered: Delivered;
  state: CommittedRecord;
}

type Delivered = Extract<z.output<typeof openingFrame>, { delivered: unknown }>['delivered'];

async function openOne(device: Device, arrived: Arrived, read: string): Promise<Opened> {
  const { asked, delivered, state } = arrived;
  const secret = unlock(device, arrived);
  const { record, group } = asked;
  const { number, ...stored } = delivered.version;
  const inline = delivered.chunks;
  const newest = state.generation === asked.generation;
  if (newest && (number !== state.version || !equal(bodyRootOf(stored), state.bodyRoot)))
    throw sdkError('answer-dishonest', { why: 'it is not the newest version' });
  if (!equal(sha256(delivered.manifest), stored.manifest))
    throw sdkError('answer-dishonest', { why: 'the manifest is another' });
  const under = { K: secret.K, ctx: secret.ctx, version: number };
  const manifest = await openManifest(delivered.manifest, under);
  return {
    record,
    group,
    author: state.author,
    patient: state.patient,
    version: number,
    card: await openCard(stored.card, under),
    manifest,
    content: () =>
      contentOf(manifest, (hashes) => (inline ? those(inline) : fetchParts(device, { record, group, read }, hashes))),
  };
}

/** Chunks that came along. */
async function* those(chunks: readonly Bytes[]): AsyncGenerator<Bytes> {
  yield* chunks;
}

/** The record's secret, checked against c1 and com of the ledger where its generation is the newest. */
function unlock(device: Device, { asked, delivered, answers, state }: Arrived): Secret {
  const { record, group, generation, kappa } = asked;
  const keys = device.keys(delivered.keysVersion);
  if (!keys) throw sdkError('answer-dishonest', { why: 'it is made for keys that were never yours' });
  const newest = state.generation === generation;
  const { c1, com } = newest ? state : delivered;
  return openDelivered({
    b: keys.b,
    E: delivered.E,
    c2: delivered.c2,
    answers,
    threshold: thresholdOf(device.trust.genesis.keepers.length),
    c1,
    com,
    kappa,
    ctx: contextOf({ record, group, generation, author: state.author }),
  });
}
