import type { ParsedBodyOf, Routes } from '@salus/api';
import { toWire } from '@salus/api';
import { type Bytes, concat, encodeCanonical, equal, hex, isSalusError } from '@salus/base';
import { isRejection, recordKey, type SignedOperation } from '@salus/contracts';
import {
  bodyRootOf,
  contextOf,
  lockLabel,
  uploadMessage,
  verifyAuthorProof,
  verifySignature,
} from '@salus/schemes/keyless';
import type { NodeContext } from './context.ts';
import { insertNew, pages } from './database/insertNew.ts';
import { nodeError } from './errors.ts';
import type { KeptShare } from './keeper.ts';
import { keepSearch } from './searchIntake.ts';
import type { Caller } from './sessions.ts';
import { callerKey, keysVersionOf, operationOf, receiptOf } from './submission.ts';

type Upload = ParsedBodyOf<Routes['putRecords']>;
type UploadedRecord = Upload['records'][number];
type Envelope = NonNullable<UploadedRecord['envelope']>;
type Version = Envelope['version'];
type Slots = Envelope['slots'];

interface Checked {
  id: string;
  bytes: Bytes;
  version: Version & { record: string; group: string; generation: number; number: number; bodyRoot: Bytes };
  opened?: { envelope: Envelope; patient: string; author: string };
}

/**
 * Takes in records: checks every envelope against its operation, stores what the ledger does not hold, then submits. A
 * row counts once the ledger holds its operation, so a crash anywhere leaves a record whole or absent.
 */
export async function takeInRecords(node: NodeContext, caller: Caller, upload: Upload) {
  const checked = upload.records.map((record) => checkRecord(node, caller, record));
  await needChunks(node, checked);
  const shares = await takeInLocks(node, caller, upload.locks, checked);
  const brought = await node.database.transaction().execute(async (transaction) => {
    for (const record of checked) await keepVersion(transaction, record);
    const slots = await keepSlots(
      transaction,
      checked.flatMap(({ opened }) => opened?.envelope ?? []),
    );
    await keepShares(transaction, shares);
    const labels = await keepSearch(node, transaction, caller, upload);
    await needUnchanged(node, caller, upload);
    return { slots, labels };
  });
  const outcomes = await Promise.allSettled(checked.map((record) => node.ledger.submit(record.bytes)));
  if (outcomes.every((outcome) => outcome.status === 'rejected' && isRejection(outcome.reason)))
    await takeBack(node, brought);
  return { outcomes: await Promise.all(outcomes.map((outcome, i) => outcomeOf(node, checked[i]!, outcome))) };
}

async function outcomeOf(node: NodeContext, record: Checked, outcome: PromiseSettledResult<unknown>) {
  if (outcome.status === 'fulfilled') return { receipt: await receiptOf(node, record.id) };
  if (!isSalusError(outcome.reason)) throw outcome.reason;
  // Where the ledger failed, its next start tells whether it holds the operation; then what is left over is swept.
  if (isRejection(outcome.reason)) await forget(node, record.id);
  return { error: { ...toWire(outcome.reason), facts: { ...outcome.reason.facts } } };
}

function checkRecord(node: NodeContext, caller: Caller, record: UploadedRecord): Checked {
  const signed = operationOf(record.operation, caller, 'record.commit', 'record.update', 'record.generation');
  const { operation } = signed;
  if (operation.type === 'record.update') return checkUpdate(record, signed);
  const { envelope } = record;
  if (!envelope || record.version) throw nodeError('envelope-mismatch', { why: 'it is missing' });
  const { body } = operation;
  const generation = operation.type === 'record.commit' ? 1 : operation.body.generation;
  if (envelope.record !== body.record || envelope.group !== body.group || envelope.generation !== generation) {
    throw nodeError('envelope-mismatch', { why: 'it names another record' });
  }
  if (!equal(bodyRootOf(envelope.version), body.bodyRoot))
    throw nodeError('envelope-mismatch', { why: 'its body root differs' });
  const ctx = contextOf({ ...envelope, author: caller.account });
  if (!verifyAuthorProof(body.c1, ctx, envelope.proof)) throw nodeError('proof-unsound');
  const patient =
    operation.type === 'record.commit'
      ? operation.body.patient
      : (node.ledger.get(recordKey(body.record, body.group))?.patient ?? '');
  for (const slot of envelope.slots) checkSlot(node, slot);
  const number = operation.type === 'record.commit' ? 1 : operation.body.version;
  return {
    id: operation.id,
    bytes: record.operation,
    version: {
      ...envelope.version,
      record: body.record,
      group: body.group,
      generation,
      number,
      bodyRoot: body.bodyRoot,
    },
    opened: { envelope, patient, author: caller.account },
  };
}

function checkUpdate(record: UploadedRecord, signed: SignedOperation): Checked {
  const { operation } = signed;
  if (operation.type !== 'record.update' || !record.version || record.envelope)
    throw nodeError('envelope-mismatch', { why: 'an edit has a version and no envelope' });
  const { body } = operation;
  if (!equal(bodyRootOf(record.version), body.bodyRoot))
    throw nodeError('envelope-mismatch', { why: 'its body root differs' });
  const { record: name, group, generation, version: number, bodyRoot } = body;
  return {
    id: operation.id,
    bytes: record.operation,
    version: { ...record.version, record: name, group, generation, number, bodyRoot },
  };
}

/** Direct slots carry their E, topic and padding slots none; all are made for keys that the recipient has or had. */
function checkSlot(node: NodeContext, slot: Slots[number]): void {
  const mismatch = (slot.kind === 'direct') !== (slot.E !== undefined) || slot.keysVersion < 1;
  if (mismatch || slot.keysVersion > keysVersionOf(node, slot.recipient))
    throw nodeError('envelope-mismatch', { why: `slot ${slot.slot} is malformed` });
}

async function needChunks(node: NodeContext, checked: readonly Checked[]): Promise<void> {
  const hashes = checked.flatMap(({ version }) => [version.manifest, ...version.chunks]);
  const [missing] = await node.clouds.missing(hashes);
  if (missing) throw nodeError('chunk-unknown', { chunk: hex(missing) });
}

/** The keeper takes its shares of all slots in the request. */
async function takeInLocks(node: NodeContext, caller: Caller, locks: Upload['locks'], checked: readonly Checked[]) {
  const expected = new Map<string, Bytes>();
  for (const { opened } of checked) {
    if (!opened) continue;
    const ctx = contextOf({ ...opened.envelope, author: opened.author });
    for (const slot of opened.envelope.slots) expected.set(slot.slot, lockLabel(ctx, slot.slot, slot.recipient));
  }
  return expected.size === 0 ? [] : node.keeper.takeIn(locks, caller, callerKey(node, caller), expected);
}

type Transaction = Parameters<Parameters<ReturnType<NodeContext['database']['transaction']>['execute']>[0]>[0];

async function keepVersion(transaction: Transaction, { id, version, opened }: Checked): Promise<void> {
  await transaction
    .insertInto('version')
    .values({
      operation: id,
      record: version.record,
      grp: version.group,
      generation: version.generation,
      version: version.number,
      body_root: version.bodyRoot,
      card: version.card,
      manifest: version.manifest,
      chunks: concat(...version.chunks),
    })
    .onConflict((c) => c.doNothing())
    .execute();
  if (!opened) return;
  const { record, group, generation } = version;
  await transaction
    .insertInto('record')
    .values({
      operation: id,
      record,
      grp: group,
      generation,
      patient: opened.patient,
      author: opened.author,
      owner_box: opened.envelope.ownerBox,
    })
    .onConflict((c) => c.doNothing())
    .execute();
}

/** Stores slots and gives the ids of those that are new; the same slot again is no conflict, another value under its id is. */
async function keepSlots(
  transaction: Transaction,
  records: readonly { record: string; group: string; generation: number; slots: Slots }[],
): Promise<string[]> {
  const rows = records.flatMap(({ record, group, generation, slots }) =>
    slots.map(({ slot, recipient, kind, E, value, keysVersion }) => ({
      slot,
      record,
      grp: group,
      generation,
      recipient,
      kind,
      e: E ?? null,
      value,
      keys_version: keysVersion,
    })),
  );
  const added = await insertNew(rows, {
    keyOf: (row) => row.slot,
    contentOf: (row) => row.value,
    insert: async (page) => {
      const insert = transaction.insertInto('slot').values(page);
      const fresh = await insert
        .onConflict((c) => c.doNothing())
        .returning('slot')
        .execute();
      return fresh.map(({ slot }) => slot);
    },
    held: async (page) => {
      const ids = page.map(({ slot }) => slot);
      const there = await transaction.selectFrom('slot').select(['slot', 'value']).where('slot', 'in', ids).execute();
      return new Map(there.map(({ slot, value }) => [slot, value]));
    },
    taken: ({ slot }) => nodeError('slot-taken', { slot }),
  });
  return added.map(({ slot }) => slot);
}

async function keepShares(transaction: Transaction, shares: readonly KeptShare[]): Promise<void> {
  for (const page of pages(shares))
    await transaction
      .insertInto('share')
      .values(page)
      .onConflict((c) => c.doNothing())
      .execute();
}

/** Removes slots and entries of an upload of which nothing was accepted: readers would find what is not there. */
async function takeBack({ database }: NodeContext, brought: { slots: string[]; labels: Bytes[] }): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    for (const slot of brought.slots) {
      await transaction.deleteFrom('slot').where('slot', '=', slot).execute();
      await transaction.deleteFrom('share').where('slot', '=', slot).execute();
    }
    for (const label of brought.labels) await transaction.deleteFrom('entry').where('label', '=', label).execute();
  });
}

/** Removes the rows of a refused record. */
async function forget(node: NodeContext, operation: string): Promise<void> {
  if (node.ledger.operation(operation)) return;
  await node.database.deleteFrom('record').where('operation', '=', operation).execute();
  await node.database.deleteFrom('version').where('operation', '=', operation).execute();
}

/** Adds slots and entries for a reader of existing records. */
export async function takeInSlots(node: NodeContext, caller: Caller, upload: ParsedBodyOf<Routes['putSlots']>) {
  const expected = new Map<string, Bytes>();
  for (const named of upload.records) {
    const held = node.ledger.get(recordKey(named.record, named.group as 'vitals' | 'document'));
    const mine = held && (held.patient === caller.account || held.author === caller.account);
    if (!held || !mine || held.generation < named.generation)
      throw nodeError('slots-not-yours', { record: named.record });
    const ctx = contextOf({ ...named, author: held.author });
    for (const slot of named.slots) {
      checkSlot(node, slot);
      expected.set(slot.slot, lockLabel(ctx, slot.slot, slot.recipient));
    }
  }
  const shares =
    expected.size === 0 ? [] : await node.keeper.takeIn(upload.locks, caller, callerKey(node, caller), expected);
  await node.database.transaction().execute(async (transaction) => {
    await keepSlots(transaction, upload.records);
    await keepShares(transaction, shares);
    await keepSearch(node, transaction, caller, upload);
    await needUnchanged(node, caller, upload);
  });
  return { slots: expected.size };
}

/**
 * What a device signed is what arrived, owner's boxes, slots and entries included: nothing else binds those before they
 * are read. Last of all checks, so that what is wrong in itself is named first. Throws `upload-changed`.
 */
async function needUnchanged(
  node: NodeContext,
  caller: Caller,
  { signature, ...content }: Upload | ParsedBodyOf<Routes['putSlots']>,
): Promise<void> {
  const message = uploadMessage(node.network, encodeCanonical(content));
  if (!(await verifySignature(callerKey(node, caller), message, signature))) throw nodeError('upload-changed');
}
