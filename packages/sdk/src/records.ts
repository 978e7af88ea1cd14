import { type FramedChunk, frameChunks, LIMITS, type ReplyOf, type Routes } from '@salus/api';
import { type Bytes, concat, equal, isSalusError, newId, type RecordId, type TimeMs } from '@salus/base';
import { type FieldGroup, recordKey } from '@salus/contracts';
import {
  type Card,
  type ChunkRef,
  knownChunks,
  type Manifest,
  mediaTypeOf,
  openCard,
  openManifest,
  openPart,
  SAMPLE_BYTES,
  sealBody,
  sealCard,
  sealManifest,
  termsOf,
} from '@salus/record';
import { newSecret, type Origin, openOwnerBox, type Secret, sealOwnerBox, secretFrom } from '@salus/schemes/holder';
import { bodyRootOf, contextOf, sha256 } from '@salus/schemes/keyless';
import type { Device } from './device.ts';
import { sdkError } from './errors.ts';
import { fetchParts } from './fetching.ts';
import { UploadDraft } from './uploadDraft.ts';

/** Content of a new record, or of a new version of one. */
export interface Content {
  kind: 'vitals' | 'document';
  title: string;
  fileName?: string;
  /** Known for vitals; decided by the first bytes for files. */
  mediaType?: string;
  time?: TimeMs;
  topics?: readonly string[];
  words?: readonly string[];
  /** What names this content on this device, such as a file's path, size and time: an upload cut off goes on where it was. */
  draft?: string;
  /** Read once, in pieces of any size. */
  body: () => AsyncIterable<Bytes>;
}

/** Where work stands, for whoever waits: what is being done, and how far. */
export interface Progress {
  step: 'protecting' | 'sending' | 'writing-down';
  doneBytes: number;
}

/** One of my records as my device lists it. */
export interface OwnRecord {
  record: RecordId;
  group: FieldGroup;
  generation: number;
  version: number;
  author: string;
  time: TimeMs;
  card: Card;
  origin: Origin;
  secret: Secret;
  stored: { card: Bytes; manifest: Bytes; chunks: Bytes[] };
}

/** A record of mine that does not open: damaged on its way, or written for me by somebody who did not seal it to me. */
export type Unreadable = Pick<OwnRecord, 'record' | 'group' | 'generation' | 'author' | 'time'>;

/**
 * All my records, oldest first: their cards open with my root alone. One that does not is told and left out, so that it
 * keeps nobody from the others. Cost: a GT power each.
 */
export async function* myRecords(
  device: Device,
  onUnreadable: (record: Unreadable) => void = () => {},
): AsyncGenerator<OwnRecord> {
  let after = 0;
  for (;;) {
    const { records, next } = await listedNow(device, after);
    for (const { record, group, generation, author, time, ownerBox, version } of records) {
      const named = { record, group: group as FieldGroup, generation, author, time };
      const opened = await openListed(device, named, ownerBox, version);
      if (opened) yield { ...named, ...opened };
      else onUnreadable(named);
    }
    if (next === null) return;
    after = next;
  }
}

/** A page of records, each in the version that the ledger has: an older one is not believed. Throws `answer-dishonest`. */
async function listedNow(device: Device, after: number) {
  for (let tries = 1; ; tries++) {
    const page = await device.client.call('ownRecords', { after });
    const states = await device.trust.read(
      device.client,
      page.records.map(({ record, group }) => recordKey(record, group as FieldGroup)),
    );
    const newest = page.records.every(({ generation, version: { number, ...stored } }, i) => {
      const state = states[i];
      return state?.generation === generation && state.version === number && equal(bodyRootOf(stored), state.bodyRoot);
    });
    if (newest) return page;
    // Another device may have saved between the two questions; a server that keeps a version back does so every time.
    if (tries === RACES) throw sdkError('answer-dishonest', { why: 'a record is not in its newest version' });
  }
}

const RACES = 3;

/** Throws `record-unknown`, also where it does not open. */
export async function myRecord(device: Device, record: RecordId): Promise<OwnRecord> {
  for await (const own of myRecords(device)) if (own.record === record) return own;
  throw sdkError('record-unknown', { record });
}

type Listed = ReplyOf<Routes['ownRecords']>['records'][number];

async function openListed(device: Device, name: Unreadable, ownerBox: Bytes, version: Listed['version']) {
  const origin = await openOrigin(device, name, ownerBox);
  if (!origin) return undefined;
  const { number, ...stored } = version;
  try {
    const secret = secretFrom(origin, contextOf(name));
    const card = await openCard(stored.card, { K: secret.K, ctx: secret.ctx, version: number });
    return { version: number, origin, secret, card, stored };
  } catch (thrown) {
    if (isSalusError(thrown)) return undefined;
    throw thrown;
  }
}

async function openOrigin(
  device: Device,
  name: { record: string; group: string; generation: number },
  box: Bytes,
): Promise<Origin | undefined> {
  for (const { root } of [...device.identity.keyring.roots].reverse()) {
    const origin = await openOwnerBox(root, name, box);
    if (origin) return origin;
  }
  return undefined;
}

/** The sealed parts of a version, ready to be committed. */
export interface SealedVersion {
  card: Card;
  stored: { card: Bytes; manifest: Bytes; chunks: Bytes[] };
  bodyRoot: Bytes;
  /** Bytes of ciphertext that had to be sent. */
  sentBytes: number;
  /** Call when the version is on the ledger: the draft is no longer needed. */
  committed: () => Promise<void>;
}

/**
 * Seals a version's body and sends the chunks that are new. Chunks of the version before are reused as they are: an edit
 * costs what it changed. Memory: one upload request.
 */
export async function sealVersion(
  device: Device,
  content: Content,
  under: { secret: Secret; version: number },
  before: readonly ChunkRef[],
  onProgress: (progress: Progress) => void = () => {},
): Promise<SealedVersion> {
  const { secret, version } = under;
  const keys = { K: secret.K, ctx: secret.ctx, version };
  const draft = await UploadDraft.of(device, content.draft);
  const upload = new ChunkUpload(device, onProgress, () => draft.save(chunks));
  const sampled = sampling(content.body());
  const chunks: ChunkRef[] = [];
  for await (const { ref, sealed } of sealBody(sampled.body, knownChunks([...draft.sent, ...before]), device.random)) {
    chunks.push(ref);
    if (sealed) await upload.add(ref.hash, sealed);
  }
  const sizeBytes = chunks.reduce((sum, ref) => sum + ref.sizeBytes, 0);
  const time = content.time ?? device.now();
  const card = cardOf(content, sampled.sample(), sizeBytes, time);
  const manifest = await sealManifest({ version, sizeBytes, time: device.now(), chunks }, keys, device.random);
  await upload.add(sha256(manifest), manifest);
  await upload.flush();
  const stored = {
    card: await sealCard(card, keys, device.random),
    manifest: sha256(manifest),
    chunks: chunks.map((ref) => ref.hash),
  };
  return { card, stored, bodyRoot: bodyRootOf(stored), sentBytes: upload.sentBytes, committed: () => draft.forget() };
}

function cardOf(content: Content, sample: Bytes, sizeBytes: number, time: TimeMs): Card {
  const { kind, title, fileName } = content;
  const mediaType = content.mediaType ?? mediaTypeOf(fileName ?? '', sample);
  const terms = termsOf({
    title,
    kind,
    mediaType,
    time,
    sample,
    ...(fileName ? { fileName } : {}),
    ...(content.topics ? { topics: content.topics } : {}),
    ...(content.words ? { words: content.words } : {}),
  });
  return { title, kind, mediaType, sizeBytes, time, ...terms, ...(fileName ? { fileName } : {}) };
}

/** Keeps the beginning of a body that is passing by. */
function sampling(body: AsyncIterable<Bytes>) {
  const kept: Bytes[] = [];
  let length = 0;
  async function* pass() {
    for await (const bytes of body) {
      if (length < SAMPLE_BYTES) kept.push(bytes.slice(0, SAMPLE_BYTES - length));
      length += bytes.length;
      yield bytes;
    }
  }
  return { body: pass(), sample: () => concat(...kept) };
}

/** Collects sealed chunks into requests below the limit; some are on their way while the next is sealed. */
class ChunkUpload {
  sentBytes = 0;
  #waiting: FramedChunk[] = [];
  #waitingBytes = 0;
  readonly #underWay: Promise<void>[] = [];

  constructor(
    readonly device: Device,
    readonly onProgress: (progress: Progress) => void,
    readonly onSent: () => Promise<void>,
  ) {}

  async add(hash: Bytes, bytes: Bytes): Promise<void> {
    if (this.#waitingBytes + bytes.length > UPLOAD_BYTES) {
      const before = this.sentBytes;
      await this.#send();
      if (this.sentBytes > before) await this.onSent();
    }
    this.#waiting.push({ hash, bytes });
    this.#waitingBytes += bytes.length;
    this.onProgress({ step: 'protecting', doneBytes: this.sentBytes + this.#waitingBytes });
  }

  /** Resolves when everything added is stored. */
  async flush(): Promise<void> {
    await this.#send();
    await Promise.all(this.#underWay);
  }

  /** Starts a request with what waits, once fewer than the limit are under way. */
  async #send(): Promise<void> {
    while (this.#underWay.length >= REQUESTS_UNDER_WAY) await this.#underWay.shift();
    if (this.#waiting.length === 0) return;
    const [chunks, sizeBytes] = [this.#waiting, this.#waitingBytes];
    this.#waiting = [];
    this.#waitingBytes = 0;
    const request = this.device.client.call('putChunks', frameChunks(chunks)).then(() => {
      this.sentBytes += sizeBytes;
      this.onProgress({ step: 'sending', doneBytes: this.sentBytes });
    });
    // Its failure is told to whoever waits for it.
    request.catch(() => undefined);
    this.#underWay.push(request);
  }
}

// One is written and flushed in the clouds while the other arrives; memory stays at a few requests.
const REQUESTS_UNDER_WAY = 2;
// Hashes and framing of a request take the rest.
const UPLOAD_BYTES = LIMITS.requestBytes - 256 * 1024;

/** A new secret with its owner's box: the start of a record's generation. */
export async function newGeneration(device: Device, name: { record: string; group: string; generation: number }) {
  const origin = newSecret(device.random);
  const secret = secretFrom(origin, contextOf({ ...name, author: device.account }));
  const ownerBox = await sealOwnerBox(device.root, name, origin, device.random);
  return { origin, secret, ownerBox, proof: secret.proof(device.random) };
}

export const newRecordId = (device: Device): RecordId => newId(device.random);

const BOXES_PER_REQUEST = 1_000;

/** Seals all owner's boxes under the newest root, after an old one may be known to somebody. Gives how many. */
export async function resealOwnerBoxes(device: Device): Promise<number> {
  let count = 0;
  let boxes: { record: string; group: string; generation: number; ownerBox: Bytes }[] = [];
  const flush = async () => {
    if (boxes.length > 0) count += (await device.client.call('putOwnerBoxes', { boxes })).replaced;
    boxes = [];
  };
  for await (const { record, group, generation, origin } of myRecords(device)) {
    const name = { record, group, generation };
    boxes.push({ ...name, ownerBox: await sealOwnerBox(device.root, name, origin, device.random) });
    if (boxes.length === BOXES_PER_REQUEST) await flush();
  }
  await flush();
  return count;
}

/** The manifest and content of one of my own records. */
export async function openOwn(
  device: Device,
  own: OwnRecord,
): Promise<{ manifest: Manifest; content: () => AsyncGenerator<Bytes> }> {
  const { record, group, secret, version, stored } = own;
  const fetch = (hashes: readonly Bytes[]) => fetchParts(device, { record, group }, hashes);
  let sealed: Bytes | undefined;
  for await (const bytes of fetch([stored.manifest])) sealed = bytes;
  if (!sealed || !equal(sha256(sealed), stored.manifest))
    throw sdkError('answer-dishonest', { why: 'the manifest is another' });
  const manifest = await openManifest(sealed, { K: secret.K, ctx: secret.ctx, version });
  return { manifest, content: () => contentOf(manifest, fetch) };
}

/** The plaintext of a manifest's chunks, fetched as they are needed and each checked. */
export async function* contentOf(
  manifest: Manifest,
  fetch: (hashes: readonly Bytes[]) => AsyncIterable<Bytes>,
): AsyncGenerator<Bytes> {
  let part = 0;
  if (manifest.chunks.length === 0) return;
  for await (const sealed of fetch(manifest.chunks.map((ref) => ref.hash))) {
    const ref = manifest.chunks[part]!;
    part++;
    yield await openPart(ref, sealed, part);
  }
  if (part !== manifest.chunks.length)
    throw sdkError('answer-dishonest', { why: `only ${part} of ${manifest.chunks.length} parts came` });
}
