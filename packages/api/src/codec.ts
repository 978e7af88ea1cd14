import { type Bytes, base64url, decodeCanonical, encodeCanonical, encodingError, text, utf8 } from '@salus/base';
import { z } from 'zod';

/** The two encodings of bodies. The sdk speaks CBOR; JSON is for people and scripts. */
export const CBOR = 'application/cbor';
export const JSON_TYPE = 'application/json';
/** Bytes as they are: chunks, and answers that stream. */
export const RAW = 'application/octet-stream';

/** A body in the encoding named. In JSON, bytes become base64url text. */
export function encodeBody(type: string, value: unknown): Bytes {
  return type.startsWith(CBOR) ? encodeCanonical(value) : utf8(JSON.stringify(value, bytesAsText));
}

/** A body as a plain value, not yet checked against a schema. Throws `encoding-malformed`. */
export function decodeBody(type: string, bytes: Bytes, limitBytes: number): unknown {
  if (type.startsWith(CBOR)) return decodeCanonical('request', bytes, z.unknown(), limitBytes);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text(bytes));
  } catch {
    throw encodingError('encoding-malformed', { what: 'the request', why: 'it is not JSON' });
  }
  return parsed;
}

const bytesAsText = (_key: string, value: unknown) => (value instanceof Uint8Array ? base64url(value) : value);
