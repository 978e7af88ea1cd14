import { z } from 'zod';
import { type Bytes, hex } from './bytes.ts';

/** 128 random bits that name an account, record, device, … : 32 lower-case hexadecimal digits. */
export type Id = string;
export type AccountId = Id;
export type DeviceId = Id;
export type RecordId = Id;
export type SlotId = Id;
export type RequestId = Id;
export type DelegationId = Id;
export type OperationId = Id;

/** Source of random bytes; an argument everywhere below the applications, so that a seed replays a run. */
export type Random = (lengthBytes: number) => Bytes;

/** Milliseconds since 1970 UTC. Contracts and schemes receive it; only applications read a clock. */
export type TimeMs = number;

/** A fresh id from a source of randomness. */
export const newId = (random: Random): Id => hex(random(16));

/** Schemas of the fields that recur in every stored and sent form. All are exact: no coercion, no unknown fields. */
export const field = {
  id: () => z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits'),
  /** Exactly so many bytes. */
  bytes: (length: number) =>
    z.custom<Bytes>((v) => v instanceof Uint8Array && v.length === length, `must be ${length} bytes`),
  /** At most so many bytes. */
  bytesUpTo: (limit: number) =>
    z.custom<Bytes>((v) => v instanceof Uint8Array && v.length <= limit, `must be at most ${limit} bytes`),
  /** An integer from 0 to the limit. */
  uint: (limit: number = Number.MAX_SAFE_INTEGER) => z.number().int().min(0).max(limit),
  /** Milliseconds since 1970 UTC. */
  timeMs: () => z.number().int().min(0).max(8_640_000_000_000_000),
  /** A text of at most so many UTF-16 units, without control characters. */
  text: (limit: number) =>
    z
      .string()
      .max(limit)
      .regex(/^\P{Cc}*$/u, 'must not hold control characters'),
};
