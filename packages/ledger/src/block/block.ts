import { type Bytes, decodeCanonical, encodeCanonical, field } from '@salus/base';
import { OPERATION_LIMIT_BYTES } from '@salus/contracts';
import { z } from 'zod';
import { HEADER_LIMIT_BYTES, readHeader, type SignedHeader } from './header.ts';

/** At most so many operations in a block: what is executed without a pause for anything else, some 50 ms. */
export const BLOCK_OPERATIONS_LIMIT = 256;
/** A block takes no further operation once it has so many bytes of them: validators send blocks in one piece. */
export const BLOCK_FILL_BYTES = 2_000_000;
/** Largest block: filled to just under the mark, then one of the largest operations, header and CBOR heads. */
export const BLOCK_LIMIT_BYTES =
  BLOCK_FILL_BYTES + OPERATION_LIMIT_BYTES + HEADER_LIMIT_BYTES + 8 * BLOCK_OPERATIONS_LIMIT;

const blockSchema = z.tuple([
  field.bytesUpTo(HEADER_LIMIT_BYTES),
  z.array(field.bytesUpTo(OPERATION_LIMIT_BYTES)).max(BLOCK_OPERATIONS_LIMIT),
  field.bytes(64),
]);

/** A block, read; nothing of it checked but its form. */
export interface Block {
  header: SignedHeader;
  /** Wire forms. */
  operations: Bytes[];
}

/** Wire form: CBOR [ header, [ operation … ], signature ]. */
export const encodeBlock = ({ header, operations }: Block): Bytes =>
  encodeCanonical([header.payload, operations, header.signature]);

/** Reads a block's wire form. Throws `encoding-*`. */
export function parseBlock(bytes: Bytes): Block {
  const [payload, operations, signature] = decodeCanonical('the block', bytes, blockSchema, BLOCK_LIMIT_BYTES);
  return { header: readHeader(payload, signature), operations };
}
