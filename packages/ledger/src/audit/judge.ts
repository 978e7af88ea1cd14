import { type Bytes, equal, type Random } from '@salus/base';
import type { Finding } from '@salus/contracts';
import {
  BLOCK_BYTES,
  merkleRootOf,
  OPENED_BLOCKS,
  openedOf,
  type PossessionProof,
  sampleOf,
  verifyPossession,
} from '@salus/schemes/keyless';
import { placesIn } from './bitmap.ts';
import type { AskedBlock, AskedCloud, Challenge } from './challenge.ts';

/** An object as a cloud gives it to the auditor: its bytes, at most so many; that it has none of that name; or no answer. */
export type PieceReader = (
  cloud: string,
  piece: { root: Bytes; sizeBytes: number },
) => Promise<Bytes | 'gone' | 'away'>;

/** What a prover answers. */
export interface ProofAnswer {
  /** 128 bytes, or none where nothing could be read. */
  proof: PossessionProof;
  /** For each cloud of the challenge, in its order: a bitmap of the sampled blocks that the proof leaves out. */
  missing: readonly Bytes[];
}

/** What was found of a cloud. */
export interface JudgedCloud {
  cloud: string;
  finding: Finding;
  /** Whether the proof covers every sampled block of it. Alone it convinces of nothing where its maker may hold the tagging key. */
  covered: boolean;
  /** Blocks that the ledger says it holds, and how many of them were in question. */
  total: number;
  sampled: number;
  /** Sampled blocks that the proof leaves out. */
  left: number;
  /** Objects that the auditor fetched from the cloud itself, and how many of these were gone or altered. */
  fetched: number;
  lost: number;
}

/** How an answer is judged. */
export interface JudgeOptions {
  /**
   * The audit is over: objects that the node has said since to lie elsewhere are not asked for. While it is under way they
   * count as not proven, or a node would only have to say so of what it lost.
   */
  over?: true;
  /**
   * Derives the challenge anew from the ledger as it is by then. Asked for where an object is gone: the node may have told since, and
   * before it removed it, that it lies elsewhere.
   */
  again?: () => Promise<Challenge | undefined>;
  /** Opens as many more, drawn here: whoever made the proof could not foresee them, however many proofs they tried. */
  random?: Random;
}

/**
 * Judges an answer from public data, and from what the auditor fetches itself. A cloud is blamed for what it did not give
 * the auditor, and for nothing else: not for what the node says of it. Whole objects are fetched and checked against their
 * names, at most a megabyte each.
 */
export async function judge(
  challenge: Challenge,
  answer: ProofAnswer,
  read: PieceReader,
  options: JudgeOptions = {},
): Promise<JudgedCloud[]> {
  const left = challenge.clouds.map(({ blocks }, i) => placesIn(answer.missing[i] ?? new Uint8Array(0), blocks.length));
  const holds = proofHolds(challenge, answer, left);
  const judged: JudgedCloud[] = [];
  let later: Promise<Challenge | undefined> | undefined;
  for (const [i, asked] of challenge.clouds.entries()) {
    const missing = left[i] ?? new Set<number>();
    const opened = openedPlaces(challenge.seed, asked, answer.proof, missing, options);
    const isRetiredNow = async (place: number) => {
      later ??= options.again?.();
      return (await later)?.clouds[i]?.blocks[place]?.retired === true;
    };
    const seen = await fetchAll(asked, opened, read, isRetiredNow);
    const moved = seen.moved > 0 && !options.over;
    const { cloud, total, blocks } = asked;
    const counts = { total, sampled: blocks.length, left: missing.size, fetched: seen.fetched, lost: seen.lost };
    const covered = holds && missing.size === 0;
    judged.push({ cloud, finding: findingOf(seen, covered && !moved), covered, ...counts });
  }
  return judged;
}

/** Whether the proof covers all that its maker does not say it leaves out. */
function proofHolds(
  { seed, key, clouds }: Challenge,
  { proof }: Pick<ProofAnswer, 'proof'>,
  left: readonly (ReadonlySet<number> | undefined)[],
): boolean {
  if (left.some((places) => places === undefined)) return false;
  const covered = clouds.reduce((sum, { blocks }, i) => sum + blocks.length - (left[i]?.size ?? 0), 0);
  if (covered === 0) return proof.length === 0;
  return verifyPossession(
    key,
    seed,
    clouds.map(({ cloud, blocks }, i) => ({ cloud, blocks, missing: left[i] ?? new Set() })),
    proof,
  );
}

/** Places in the sample: eight that follow from the proof, eight more drawn here if asked, and some of those left out. */
function openedPlaces(
  seed: Bytes,
  { cloud, blocks }: AskedCloud,
  proof: Bytes,
  missing: ReadonlySet<number>,
  { random }: JudgeOptions,
): Set<number> {
  const drawn = random ? sampleOf(random(32), cloud, blocks.length, OPENED_BLOCKS) : [];
  return new Set([...openedOf(seed, cloud, proof, blocks.length), ...drawn, ...[...missing].slice(0, OPENED_BLOCKS)]);
}

interface Seen {
  fetched: number;
  lost: number;
  away: number;
  /** Lie elsewhere by now, as the ledger says: that they are not here says nothing of this cloud. */
  moved: number;
}

async function fetchAll(
  { cloud, blocks }: AskedCloud,
  places: Iterable<number>,
  read: PieceReader,
  isRetiredNow: (place: number) => Promise<boolean>,
): Promise<Seen> {
  const objects = new Map<string, number>();
  for (const place of places) objects.set(blocks[place]!.root.join(), place);
  const seen: Seen = { fetched: 0, lost: 0, away: 0, moved: 0 };
  for (const place of objects.values()) {
    const block = blocks[place]!;
    if (block.retired) {
      seen.moved++;
      continue;
    }
    const object = await read(cloud, block);
    seen.fetched++;
    if (object === 'away') seen.away++;
    else if (object === 'gone' && (await isRetiredNow(place))) seen.moved++;
    else if (object === 'gone' || !isPiece(object, block)) seen.lost++;
  }
  return seen;
}

/** Whether these bytes are the object of that name. One hash of every byte. */
function isPiece(object: Bytes, { root, sizeBytes }: AskedBlock): boolean {
  if (object.length !== sizeBytes) return false;
  const blocks: Bytes[] = [];
  for (let at = 0; at < object.length; at += BLOCK_BYTES) blocks.push(object.subarray(at, at + BLOCK_BYTES));
  return equal(merkleRootOf(blocks), root);
}

function findingOf({ lost, away }: Seen, covered: boolean): Finding {
  if (lost > 0) return 'lost';
  if (away > 0) return 'unreached';
  return covered ? 'held' : 'unproven';
}
