import { type Bytes, decodeCanonical, encodeCanonical, field, framed, isSalusError, type Random } from '@salus/base';
import { z } from 'zod';
import { schemes } from '../errors.ts';
import { tag } from '../keyless/suite.ts';
import { openBox, sealBox } from '../keyless/xwing.ts';

/** Rows in one delegation at most: a hundred patients for ten years. */
const ROWS_LIMIT = 1024;
/** Data keys in one delegation at most: rows' label keys come in the same number. */
const DATA_KEYS_LIMIT = 8192;
const BYTES_LIMIT = 2_097_152;

const content = z.strictObject({
  delegation: field.id(),
  topic: field.text(64),
  /** A row for each patient and year; its key finds and opens it on the node. */
  rows: z
    .array(z.strictObject({ patient: field.id(), year: field.uint(9999), rowKey: field.bytes(32) }))
    .max(ROWS_LIMIT),
  /** What opens the entries that the rows' label keys find. The node never has them. */
  dataKeys: z
    .array(z.strictObject({ channel: field.id(), epoch: field.text(16), dataKey: field.bytes(32) }))
    .max(DATA_KEYS_LIMIT),
});

/** What the delegate is told beside the node: everything needed to search one topic, and to open what is found. */
export type Delegation = z.output<typeof content>;

const aadOf = (delegation: string): Bytes => framed(tag('delegation-box'), delegation);

/** Seals to the delegate's X-Wing key. Throws `box-key-unsound`. */
export const sealDelegation = (delegation: Delegation, boxKey: Bytes, random: Random): Promise<Bytes> =>
  sealBox(boxKey, encodeCanonical(delegation), aadOf(delegation.delegation), random);

/** The delegation with this id, or undefined where it is not sealed for this seed and id, or is no delegation. */
export async function openDelegation(
  holder: { boxSeed: Bytes; boxKey?: Bytes },
  delegation: string,
  box: Bytes,
): Promise<Delegation | undefined> {
  const plain = await openBox(holder.boxSeed, holder.boxKey, box, aadOf(delegation));
  if (!plain) return undefined;
  try {
    const opened = decodeCanonical('delegation', plain, content, BYTES_LIMIT);
    return opened.delegation === delegation ? opened : undefined;
  } catch (thrown) {
    if (isSalusError(thrown)) return undefined;
    throw thrown;
  }
}

/**
 * The delegations that cover a topic exactly. Throws `not-covered` where none does,
 * before anything is asked of the node: its answers for unknown, expired and empty are alike and would say nothing.
 */
export function covering(delegations: readonly Delegation[], topic: string): Delegation[] {
  const found = delegations.filter((delegation) => delegation.topic === topic);
  if (found.length === 0) throw schemes('not-covered', { topic });
  return found;
}
