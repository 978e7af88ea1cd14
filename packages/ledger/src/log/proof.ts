import { type Bytes, decodeCanonical, encodeCanonical, field } from '@salus/base';
import { inclusionPath, joinPath, leafHash, type SubtreeReader, verifyInclusion } from '@salus/schemes/keyless';
import { z } from 'zod';

/** Longest path: a log of 2^53 operations. */
const PATH_LIMIT = 53;
const INCLUSION_LIMIT_BYTES = 32 * PATH_LIMIT + 64;

/** Place of an operation and its audit path, leaf upwards (RFC 6962 section 2.1.1), hashes one behind the other. */
export const inclusionProofSchema = z.strictObject({ index: field.uint(), path: field.bytesUpTo(32 * PATH_LIMIT) });
export type InclusionProof = z.output<typeof inclusionProofSchema>;

/** Proof that the log of `size` operations holds one at `index`. */
export const proveInclusion = (read: SubtreeReader, index: number, size: number): Bytes =>
  encodeCanonical({ index, path: joinPath(inclusionPath(read, index, size)) } satisfies InclusionProof);

/** Place in the log that a proof shows, or undefined where it shows nothing. Throws `encoding-*`. */
export function provenIndex(
  operationHash: Bytes,
  log: { logRoot: Bytes; logSize: number },
  bytes: Bytes,
): number | undefined {
  const { index, path } = decodeCanonical('the inclusion proof', bytes, inclusionProofSchema, INCLUSION_LIMIT_BYTES);
  const hashes = splitPath(path);
  const holds = hashes && verifyInclusion(leafHash(operationHash), index, log.logSize, hashes, log.logRoot);
  return holds ? index : undefined;
}

/** Hashes of a joined path; undefined where its length is no multiple of 32 or above the limit. */
export function splitPath(path: Bytes): Bytes[] | undefined {
  if (path.length % 32 !== 0 || path.length > 2 * 32 * PATH_LIMIT) return undefined;
  return Array.from({ length: path.length / 32 }, (_, i) => path.subarray(32 * i, 32 * (i + 1)));
}
