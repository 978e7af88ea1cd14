import type { ReplyOf, Routes } from '@salus/api';
import { type Bytes, equal, isSalusError, type RecordId, type TimeMs } from '@salus/base';
import { type FieldGroup, recordKey } from '@salus/contracts';
import { type Card, type Manifest, openCard, openManifest, openPart } from '@salus/record';
import { type Origin, openOwnerBox, type Secret, secretFrom } from '@salus/schemes/holder';
import { bodyRootOf, contextOf, sha256 } from '@salus/schemes/keyless';
import type { Device } from './device.ts';
import { sdkError } from './errors.ts';
import { fetchParts } from './fetching.ts';

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
 * keeps nobody from the others. `place` is where to begin, and where to go on another time. Cost: a GT power each.
 */
export async function* myRecords(
  device: Device,
  onUnreadable: (record: Unreadable) => void = () => {},
  place: { after: number } = { after: 0 },
): AsyncGenerator<OwnRecord> {
  for (;;) {
    const { records, next, upTo } = await listedNow(device, place.after);
    for (const { record, group, generation, author, time, ownerBox, version } of records) {
      const named = { record, group: group as FieldGroup, generation, author, time };
      const opened = await openListed(device, named, ownerBox, version);
      if (opened) yield { ...named, ...opened };
      else onUnreadable(named);
    }
    place.after = upTo;
    if (next === null) return;
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
