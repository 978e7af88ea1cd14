import { hex, isSalusError } from '@salus/base';
import type { StoreConfig } from '@salus/clouds';
import {
  BATCH_PIECES_LIMIT,
  batchKey,
  type OperationBody,
  type OperationType,
  storedAtKey,
  writePieces,
} from '@salus/contracts';
import type { EmbeddedLedger } from '@salus/ledger';
import { batchesOf, listedBatch } from './batches.ts';
import type { TaggingProcess } from './taggingProcess.ts';
import { type PiecesOfStripes, type PlacedPiece, TAG_BYTES, type TagTable } from './tagTable.ts';

// A store that did not answer so often is not asked again in the same round: each time may take long.
const AWAY_LIMIT = 3;
// A stripe has 32 pieces at most: so many are read from the database at once.
const STRIPES_PER_PAGE = 50;

/** What a round did. */
export interface TaggingReport {
  /** Pieces and blocks tagged now. */
  pieces: number;
  blocks: number;
  /** Batches written on the ledger, and taken back there. */
  committed: number;
  retired: number;
  /** Pieces that could not be read: they are tagged when they are repaired, or their store is back. */
  unread: number;
  /** Stripes that are still to be looked at. */
  left: number;
}

export const NOTHING_DONE: TaggingReport = Object.freeze({
  ...{ pieces: 0, blocks: 0, committed: 0, retired: 0, unread: 0, left: 0 },
});

/** What a round works with. */
export interface TaggingRound {
  ledger: EmbeddedLedger;
  table: TagTable;
  process: TaggingProcess;
  /** The version of the storage key. */
  version: number;
  /** Stores by their names, as they are configured now. */
  stores: ReadonlyMap<string, StoreConfig>;
  submit<Type extends OperationType>(type: Type, body: OperationBody[Type]): Promise<void>;
  /** A piece was found to be missing or altered: for repair. */
  noteFault(piece: PlacedPiece, state: 'missing' | 'damaged'): Promise<void>;
  stopped(): boolean;
  /** How often a store did not answer in this round. */
  away: Map<string, number>;
}

/** What it takes to take back what was said of a piece. */
type TakingBack = Pick<TaggingRound, 'ledger' | 'table' | 'submit'>;

/**
 * Brings tags and ledger to what is placed: tags what has none, forgets what was placed elsewhere, commits batches; of so
 * many pages of 50 stripes at most. Each step is written down before the next, so that a round that was cut off is gone on
 * with by the next one.
 */
export async function tagRound(round: TaggingRound, limitPages = Number.POSITIVE_INFINITY): Promise<TaggingReport> {
  const report: TaggingReport = { ...NOTHING_DONE };
  const waiting = new Set<string>();
  for (let page = 0; page < limitPages && !round.stopped(); page++) {
    const due = (await round.table.due(STRIPES_PER_PAGE + waiting.size)).filter(({ stripe }) => !waiting.has(stripe));
    if (due.length === 0) break;
    const unread = await tagStripes(
      round,
      due.map(({ stripe }) => stripe),
      report,
    );
    for (const stripe of unread) waiting.add(stripe);
    await round.table.done(due.filter(({ stripe }) => !unread.has(stripe)));
  }
  if (!round.stopped()) await commitAll(round, report);
  report.left = await round.table.dueCount();
  return report;
}

/** Gives the stripes of which a store did not answer: they stay due. */
async function tagStripes(round: TaggingRound, stripes: string[], report: TaggingReport): Promise<Set<string>> {
  const pieces = await round.table.ofStripes(stripes);
  report.retired += await takeBackMoved(round, pieces);
  const { placed, tagged } = pieces;
  const unread = new Set<string>();
  const known = new Set(tagged.map(({ cloud, object }) => `${cloud} ${object}`));
  for (const piece of placed) {
    if (piece.state !== 'stored' || piece.object === null || known.has(`${piece.store} ${piece.object}`)) continue;
    if (round.stopped() || !(await tagPiece(round, piece, piece.object, report))) unread.add(piece.stripe);
  }
  return unread;
}

async function tagPiece(round: TaggingRound, piece: PlacedPiece, object: string, report: TaggingReport) {
  const store = round.stores.get(piece.store);
  const failures = round.away.get(piece.store) ?? 0;
  const tags = store && failures < AWAY_LIMIT ? await round.process.tag(store, object, piece.size_bytes) : 'away';
  if (typeof tags !== 'string') {
    await round.table.keep(piece, object, tags);
    report.pieces++;
    report.blocks += tags.tags.length / TAG_BYTES;
    return true;
  }
  report.unread++;
  if (tags === 'away') round.away.set(piece.store, failures + 1);
  // Repair makes it again, and puts its stripe back among those that are due.
  if (tags !== 'away') await round.noteFault(piece, tags);
  return tags !== 'away';
}

/**
 * Forgets those of these pieces that are placed elsewhere by now, and retires their batches on the ledger; gives how many.
 * A batch is retired first: after a crash between, the next round finds the rest.
 */
export async function takeBackMoved(round: TakingBack, { placed, tagged }: PiecesOfStripes): Promise<number> {
  const placeOf = new Map(placed.map((piece) => [`${piece.stripe} ${piece.idx}`, piece]));
  let retired = 0;
  for (const tag of tagged) {
    const piece = placeOf.get(`${tag.stripe} ${tag.idx}`);
    if (piece?.store === tag.cloud && piece.object === tag.object) continue;
    if (tag.batch !== null) retired += await retire(round, tag.cloud, tag.batch);
    await round.table.forget(tag);
  }
  return retired;
}

/** Gives how many batches that retired: none where it was retired before. */
async function retire({ ledger, submit }: TakingBack, cloud: string, batch: number): Promise<0 | 1> {
  if (ledger.get(batchKey(cloud, batch))?.retiredAt !== 0) return 0;
  try {
    await submit('storage.retire', { cloud, batch });
  } catch (thrown) {
    if (!isSalusError(thrown, 'batch-unknown')) throw thrown;
  }
  return 1;
}

async function commitAll(round: TaggingRound, report: TaggingReport): Promise<void> {
  for (const cloud of await round.table.clouds())
    for (;;) {
      const pieces = await round.table.uncommitted(cloud, BATCH_PIECES_LIMIT);
      if (pieces.length === 0) break;
      await round.submit('storage.commit', { cloud, pieces: writePieces(pieces) });
      report.committed++;
      // Nobody else says what lies there, so the newest batch is the one just written.
      const names = pieces.map(({ root }) => hex(root));
      const number = round.ledger.get(storedAtKey(cloud))!.next - 1;
      if ((await round.table.commit(cloud, names, number)) === names.length) continue;
      // One of them was moved meanwhile.
      report.retired += await retire(round, cloud, number);
      await round.table.uncommit(cloud, number);
    }
}

/**
 * Makes table and ledger agree on a cloud's batches: what the ledger committed is noted, also where a crash came between
 * the two; a batch of which some tags are gone is retired, and the others of it are committed again.
 */
export async function takeOver(round: TaggingRound, cloud: string, report: TaggingReport): Promise<void> {
  const { ledger, table, version } = round;
  const onLedger = batchesOf(ledger, cloud);
  const noted = await table.batches(cloud);
  for (const [number, batch] of onLedger) {
    if (batch.retiredAt > 0 || noted.has(number)) continue;
    const { list } = listedBatch(ledger, number, batch);
    const names = list.map(({ root }) => hex(root));
    const whole = batch.version === version && (await table.commit(cloud, names, number)) === list.length;
    if (whole) continue;
    report.retired += await retire(round, cloud, number);
    await table.uncommit(cloud, number);
  }
  for (const number of noted) {
    const batch = onLedger.get(number);
    if (!batch || batch.retiredAt > 0 || batch.version !== version) await table.uncommit(cloud, number);
  }
}
