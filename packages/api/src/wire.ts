import { type Bytes, field, fromBase64url } from '@salus/base';
import { z } from 'zod';

/** Bytes as they arrive: a CBOR byte string, or base64url text in JSON. */
const arriving = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return fromBase64url(value);
  } catch {
    return value;
  }
};

const binary = (schema: z.ZodType<Bytes>, description: string) =>
  z.preprocess(arriving, schema).meta({ description, format: 'base64url' });

/** Fields of requests and replies. One schema reads both encodings of the API (spec/api.md). */
export const wire = {
  bytes: (length: number) => binary(field.bytes(length), `${length} bytes`),
  bytesUpTo: (limit: number) => binary(field.bytesUpTo(limit), `at most ${limit} bytes`),
  /** A signed ledger operation (spec/operations.md). */
  operation: () => binary(field.bytesUpTo(OPERATION_BYTES), 'a signed ledger operation'),
};

// 65,536 bytes of payload, the signature and the framing around both.
const OPERATION_BYTES = 65_536 + 80;
