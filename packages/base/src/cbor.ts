import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import type { z } from 'zod';
import { type Bytes, equal } from './bytes.ts';
import { isNestedDeeper } from './cborDepth.ts';
import { errorTable } from './error.ts';

/** Errors of bytes and values from outside that have not the form they must have. */
export const encodingError = errorTable({
  'encoding-malformed': {
    message: (facts) => `The bytes of ${facts.what} are not in canonical form: ${facts.why}.`,
    fix: 'Send the deterministic CBOR encoding described in spec/encoding.md.',
  },
  'encoding-oversized': {
    message: (facts) => `${facts.what} has ${facts.sizeBytes} bytes; at most ${facts.limitBytes} are taken.`,
    fix: 'Split it into smaller pieces.',
  },
  'encoding-fields': {
    message: (facts) => `${facts.what} has a wrong field: ${facts.path}: ${facts.why}.`,
    fix: 'Compare the fields with the page in spec/ that describes them.',
  },
});

/** Deterministic CBOR (RFC 8949 section 4.2.1): shortest forms, sorted keys, definite lengths, no floats. */
export function encodeCanonical(value: unknown): Bytes {
  return encode(value, rfc8949EncodeOptions);
}

/**
 * Decodes bytes from outside, strictly: within the limit, one value, nothing trailing, exactly the encoding that
 * `encodeCanonical` gives, and of the schema's shape (unknown fields refused by strict schemas).
 * Throws `encoding-oversized` before reading, `encoding-malformed`, `encoding-fields`. Cost is linear in the length.
 */
export function decodeCanonical<Schema extends z.ZodType>(
  what: string,
  bytes: Bytes,
  schema: Schema,
  limitBytes: number,
): z.output<Schema> {
  if (bytes.length > limitBytes)
    throw encodingError('encoding-oversized', { what, sizeBytes: bytes.length, limitBytes });
  return checkShape(what, decodeStrictly(what, bytes), schema);
}

/** Checks an already decoded value against a schema. Throws `encoding-fields` with the path of the first wrong field. */
export function checkShape<Schema extends z.ZodType>(what: string, value: unknown, schema: Schema): z.output<Schema> {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw encodingError('encoding-fields', {
    what,
    path: issue?.path.map(String).join('.') || '(whole)',
    why: issue?.message ?? 'wrong shape',
  });
}

function decodeStrictly(what: string, bytes: Bytes): unknown {
  if (isNestedDeeper(bytes, NESTING_LIMIT))
    throw encodingError('encoding-malformed', { what, why: `nested deeper than ${NESTING_LIMIT}` });
  let value: unknown;
  try {
    value = decode(bytes, DECODE_OPTIONS);
  } catch (thrown) {
    throw encodingError('encoding-malformed', {
      what,
      why: thrown instanceof Error ? thrown.message.slice(0, 120) : 'unreadable',
    });
  }
  // The library accepts keys in any order; only one order is canonical.
  if (!equal(encodeCanonical(value), bytes))
    throw encodingError('encoding-malformed', { what, why: 'not the shortest form' });
  return value;
}

/** Lists and maps in each other: our deepest form has seven, and far more would exhaust the stack that decodes them. */
const NESTING_LIMIT = 32;

const DECODE_OPTIONS = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
} as const;
