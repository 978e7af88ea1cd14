import { type Bytes, concat, equal, hex, u32 } from '@salus/base';
import { BLOCK_BYTES } from '@salus/schemes/keyless';

/** A shard object as a batch commits to it: its name, which is the Merkle root over its blocks, and its length. */
export interface CommittedPiece {
  /** 32 bytes. */
  root: Bytes;
  sizeBytes: number;
}

const ROOT_BYTES = 32;
const PIECE_BYTES = ROOT_BYTES + 4;
/** Pieces of a batch: with them an operation is well under its limit. */
export const BATCH_PIECES_LIMIT = 1_024;
export const BATCH_LIMIT_BYTES = BATCH_PIECES_LIMIT * PIECE_BYTES;
/** No shard object is longer: one of the largest stripe that is cut into one part has 32 MiB and a header. */
const PIECE_LIMIT_BYTES = 64 * 1024 * 1024;

/** Blocks of an object of so many bytes. */
export const blocksOf = (sizeBytes: number): number => Math.floor((sizeBytes + BLOCK_BYTES - 1) / BLOCK_BYTES);

/** Wire form of a batch's pieces, in the order of their names. */
export const writePieces = (pieces: readonly CommittedPiece[]): Bytes =>
  concat(
    ...[...pieces]
      .sort((a, b) => (hex(a.root) < hex(b.root) ? -1 : 1))
      .flatMap(({ root, sizeBytes }) => [root, u32(sizeBytes)]),
  );

/** The pieces of a batch, or undefined where the bytes are none: 1 to 1,024 of them, in ascending order, none twice. */
export function readPieces(bytes: Bytes): CommittedPiece[] | undefined {
  const count = Math.floor(bytes.length / PIECE_BYTES);
  if (count === 0 || count > BATCH_PIECES_LIMIT || bytes.length !== count * PIECE_BYTES) return undefined;
  const pieces: CommittedPiece[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const root = bytes.slice(at, at + ROOT_BYTES);
    const sizeBytes = new DataView(bytes.buffer, bytes.byteOffset + at + ROOT_BYTES, 4).getUint32(0);
    const before = pieces.at(-1);
    if (sizeBytes === 0 || sizeBytes > PIECE_LIMIT_BYTES) return undefined;
    if (before && (equal(before.root, root) || hex(before.root) > hex(root))) return undefined;
    pieces.push({ root, sizeBytes });
  }
  return pieces;
}
