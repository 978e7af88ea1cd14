import {
  type Bytes,
  concat,
  decodeCanonical,
  encodeCanonical,
  field,
  isSalusError,
  type Random,
  u32,
} from '@salus/base';
import { z } from 'zod';
import { schemes } from '../errors.ts';
import { openSalted, sealSalted } from './aead.ts';
import { mac } from './hash.ts';
import { G1_BYTES } from './pairing/curve.ts';
import { tag } from './suite.ts';

/** Label keys in one row at most: two years of months for forty channels, 96 KB. */
export const ROW_LABEL_KEYS_LIMIT = 1024;
const ROW_BYTES_LIMIT = 262_144;
/** The smallest padded row; longer ones double, so that a length says little about what was delegated. */
const ROW_BYTES_LEAST = 512;

const labelKey = z.strictObject({ channel: field.id(), epoch: field.text(16), labelKey: field.bytes(32) });
const row = z.strictObject({
  rk1: field.bytes(G1_BYTES),
  E: field.bytes(G1_BYTES),
  labelKeys: z.array(labelKey).max(ROW_LABEL_KEYS_LIMIT),
});

/** What one delegated topic of one patient and year gives the node, while it answers and no longer. */
export type Row = z.output<typeof row>;

/** Under what a node finds a row: HMAC(rowKey, "l"), 32 bytes. Says nothing of the row's topic or holder. */
export const rowLabel = (rowKey: Bytes): Bytes => mac(rowKey, tag('row/label'));

const EMPTY = new Uint8Array(0);

/** Seals a row under its row key, padded to a power of two. Throws `row-oversized`. Made by the delegator. */
export async function sealRow(rowKey: Bytes, content: Row, random: Random): Promise<Bytes> {
  if (content.labelKeys.length > ROW_LABEL_KEYS_LIMIT)
    throw schemes('row-oversized', { limit: ROW_LABEL_KEYS_LIMIT, count: content.labelKeys.length });
  return sealSalted(mac(rowKey, tag('row/key')), padded(encodeCanonical(content)), EMPTY, random);
}

/** The node's own layer, so that a stolen database and a row key open nothing without the node's secret. */
export const wrapRow = (serverSecret: Bytes, sealedRow: Bytes, random: Random): Promise<Bytes> =>
  sealSalted(serverSecret, sealedRow, EMPTY, random);

/**
 * The row, in memory, for one answer. Undefined where any key or byte is not the right one; the caller answers for
 * unknown, expired and empty alike. What was sealed but is not a row is undefined too: whoever delegates is not trusted.
 */
export async function openRow(serverSecret: Bytes, rowKey: Bytes, wrapped: Bytes): Promise<Row | undefined> {
  const sealedRow = await openSalted(serverSecret, wrapped, EMPTY);
  const plain = sealedRow && (await openSalted(mac(rowKey, tag('row/key')), sealedRow, EMPTY));
  const bytes = plain && unpadded(plain);
  if (!bytes) return undefined;
  try {
    return decodeCanonical('row', bytes, row, ROW_BYTES_LIMIT);
  } catch (thrown) {
    if (isSalusError(thrown)) return undefined;
    throw thrown;
  }
}

function padded(content: Bytes): Bytes {
  let size = ROW_BYTES_LEAST;
  while (size < content.length + 4) size *= 2;
  const whole = new Uint8Array(size);
  whole.set(concat(u32(content.length), content));
  return whole;
}

function unpadded(whole: Bytes): Bytes | undefined {
  if (whole.length < ROW_BYTES_LEAST) return undefined;
  const length = new DataView(whole.buffer, whole.byteOffset).getUint32(0);
  return length <= whole.length - 4 ? whole.subarray(4, 4 + length) : undefined;
}
