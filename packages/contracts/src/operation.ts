import type { AccountId, Bytes, DeviceId, OperationId } from '@salus/base';
import { checkShape, decodeCanonical, encodeCanonical, field, framed } from '@salus/base';
import { digest, type SigningKey, sign } from '@salus/schemes/keyless';
import { z } from 'zod';
import { contracts } from './table.ts';

/** Largest payload: 500 reads fit, and a block of a thousand operations stays small enough to send in one piece. */
export const PAYLOAD_LIMIT_BYTES = 65_536;
/** Largest operation: the payload, the signature and their CBOR heads. */
export const OPERATION_LIMIT_BYTES = PAYLOAD_LIMIT_BYTES + 80;

/** Body of each operation, by type: `OperationBody['request.make']`. */
export type OperationBody = { [Type in keyof typeof contracts]: z.output<(typeof contracts)[Type]['body']> };
export type OperationType = keyof OperationBody;

/** What a device signs: any operation, told apart by `type`. */
export type Operation = {
  [Type in OperationType]: {
    v: 1;
    /** Genesis hash, 32 bytes. */
    network: Bytes;
    id: OperationId;
    account: AccountId;
    device: DeviceId;
    type: Type;
    body: OperationBody[Type];
  };
}[OperationType];

/** An operation as it travels, read. Its signature has not been checked. */
export interface SignedOperation {
  operation: Operation;
  payload: Bytes;
  signature: Bytes;
  /** The whole wire form. */
  bytes: Bytes;
  hash: Bytes;
}

const signedSchema = z.tuple([field.bytesUpTo(PAYLOAD_LIMIT_BYTES), field.bytes(64)]);
const payloadSchema = z.strictObject({
  v: z.literal(1),
  network: field.bytes(32),
  id: field.id(),
  account: field.id(),
  device: field.id(),
  type: z.enum(Object.keys(contracts) as [OperationType, ...OperationType[]]),
  body: z.record(z.string(), z.unknown()),
});

/**
 * Reads an operation strictly. Throws `encoding-oversized`, `encoding-malformed`, `encoding-fields`; the signature is
 * checked by `verifyOperation`, for it needs the state.
 */
export function parseOperation(bytes: Bytes): SignedOperation {
  const [payload, signature] = decodeCanonical('the operation', bytes, signedSchema, OPERATION_LIMIT_BYTES);
  const head = decodeCanonical("the operation's payload", payload, payloadSchema, PAYLOAD_LIMIT_BYTES);
  const body = checkShape(`the body of ${head.type}`, head.body, contracts[head.type].body);
  return {
    operation: { ...head, body } as Operation,
    payload,
    signature,
    bytes,
    hash: operationHash(payload, signature),
  };
}

/** Name of an operation in the log and in event chains. 32 bytes. */
export const operationHash = (payload: Bytes, signature: Bytes): Bytes =>
  digest('SALUS1/operation-hash', payload, signature);

/** Hash of an operation's wire form without reading what it says. Throws `encoding-*`. */
export function operationHashOf(bytes: Bytes): Bytes {
  const [payload, signature] = decodeCanonical('the operation', bytes, signedSchema, OPERATION_LIMIT_BYTES);
  return operationHash(payload, signature);
}

/** What a device signs. */
export const signedMessage = (payload: Bytes): Bytes => framed('SALUS1/operation', payload);

/** The wire form of an operation, signed with the device's 32-byte seed. Throws `encoding-fields` on a wrong body, `encoding-oversized`. */
export async function signOperation(operation: Operation, seed: SigningKey): Promise<Bytes> {
  const payload = encodeCanonical(operation);
  const bytes = encodeCanonical([payload, await sign(seed, signedMessage(payload))]);
  return parseOperation(bytes).bytes;
}
