import { type Bytes, decodeCanonical, field, isSalusError } from '@salus/base';
import { digest } from '@salus/schemes/keyless';
import { z } from 'zod';
import { contractError } from './errors.ts';
import { A_BYTES, type Account, accountKey, B_BYTES, BOX_KEY_BYTES } from './state/account.ts';
import { type Device, deviceKey, newDeviceSchema } from './state/device.ts';
import type { StateValue } from './state/reader.ts';

/** Largest genesis: all the validators and keepers that fit their limits take 95 KB. */
const GENESIS_LIMIT_BYTES = 131_072;
/** At most so many validators: one per organisation. */
const VALIDATORS_LIMIT = 128;

/** At most so many keepers: readers fetch an answer of each. */
const KEEPERS_LIMIT = 64;

/** The first document of a network. Its hash names the network. */
export const genesisSchema = z.strictObject({
  v: z.literal(1),
  name: field.text(120),
  time: field.timeMs(),
  validators: z
    .array(z.strictObject({ id: field.id(), key: field.bytes(32) }))
    .min(1)
    .max(VALIDATORS_LIMIT),
  operator: z.strictObject({
    account: field.id(),
    A: field.bytes(A_BYTES),
    B: field.bytes(B_BYTES),
    boxKey: field.bytes(BOX_KEY_BYTES),
    device: newDeviceSchema,
    signIn: newDeviceSchema,
  }),
  organisation: z.strictObject({ name: field.text(120), lookupKey: field.bytes(96) }),
  /** Who keeps lock shares, in the order of their points; authors seal shares to `boxKey`. */
  keepers: z
    .array(z.strictObject({ id: field.id(), boxKey: field.bytes(BOX_KEY_BYTES) }))
    .min(1)
    .max(KEEPERS_LIMIT),
});
export type Genesis = z.output<typeof genesisSchema>;

/** Reads a genesis strictly. Throws `genesis-invalid`. */
export function parseGenesis(bytes: Bytes): Genesis {
  try {
    return decodeCanonical('the genesis', bytes, genesisSchema, GENESIS_LIMIT_BYTES);
  } catch (thrown) {
    if (isSalusError(thrown)) throw contractError('genesis-invalid', { why: thrown.message });
    throw thrown;
  }
}

/** The network's name: hash of the genesis bytes. 32 bytes. */
export const networkOf = (genesisBytes: Bytes): Bytes => digest('SALUS1/genesis', genesisBytes);

/** The state before the first block: the operator's account and its two devices. */
export function genesisState({ operator }: Genesis): Map<string, StateValue> {
  const { account, A, B, boxKey, device, signIn } = operator;
  const value: Account = {
    role: 'operator',
    status: 'active',
    ...{ A, B, boxKey, keysVersion: 1, registeredAt: 0, cutAt: 0 },
    devices: [device.id, signIn.id],
    devicesEver: 2,
  };
  const added = { addedBy: device.id, addedAt: 0, revokedAt: 0 };
  return new Map<string, StateValue>([
    [accountKey(account), value],
    [deviceKey(account, device.id), { key: device.key, kind: 'device', ...added } satisfies Device],
    [deviceKey(account, signIn.id), { key: signIn.key, kind: 'sign-in', ...added } satisfies Device],
  ]);
}
