import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, decodeCanonical, encodeCanonical, field, type Random } from '@salus/base';
import { boxKeyOf, freshScalar, oprfPublicKey, verifyingKeyOf } from '@salus/schemes/keyless';
import { server as opaque, ready as opaqueReady } from '@serenity-kit/opaque';
import { z } from 'zod';
import { writeDurably } from './writeDurably.ts';

/** Everything a node must keep to itself. None of it opens a record: readers hold keys, nodes hold locks. */
const nodeSecrets = z.strictObject({
  /** Ed25519 seed that signs blocks. */
  validator: field.bytes(32),
  /** X-Wing seed of the lock keeper: lock boxes are sealed to its public key. */
  keeper: field.bytes(32),
  /** Seals the keeper's shares in the database. */
  shares: field.bytes(32),
  /** Derives what a keeper and the proxy draw for a committed read, so that asking again repeats the answer. */
  answers: field.bytes(32),
  /** Wraps delegation rows once more. */
  rows: field.bytes(32),
  /** Scalar of the oblivious look-ups. */
  lookups: field.bytes(32),
  /** The organisation's layer over every stripe. */
  storageRoot: field.bytes(32),
  /** OPAQUE server setup. */
  opaque: z.string().max(1_024),
});

export type NodeSecrets = z.output<typeof nodeSecrets>;

/** The public halves that genesis names. */
export interface NodePublicKeys {
  validatorKey: Bytes;
  keeperBoxKey: Bytes;
  lookupKey: Bytes;
}

export async function makeSecrets(random: Random): Promise<NodeSecrets> {
  await opaqueReady;
  const [validator, keeper, shares, answers, rows, storageRoot] = Array.from({ length: 6 }, () =>
    random(32),
  ) as Bytes[];
  return {
    validator: validator!,
    keeper: keeper!,
    shares: shares!,
    answers: answers!,
    rows: rows!,
    lookups: freshScalar(random),
    storageRoot: storageRoot!,
    opaque: opaque.createSetup(),
  };
}

export async function publicKeysOf(secrets: NodeSecrets): Promise<NodePublicKeys> {
  return {
    validatorKey: await verifyingKeyOf(secrets.validator),
    keeperBoxKey: boxKeyOf(secrets.keeper).publicKey,
    lookupKey: oprfPublicKey(secrets.lookups),
  };
}

const fileIn = (directory: string) => join(directory, 'keys', 'node.cbor');

/** Reads the secrets of a node's folder. Throws `encoding-…` where the file was damaged. */
export async function readSecrets(directory: string): Promise<NodeSecrets> {
  return decodeCanonical('node keys', new Uint8Array(await readFile(fileIn(directory))), nodeSecrets, 16_384);
}

/** Writes the secrets, readable by the owner alone; on disk when this returns. */
export async function writeSecrets(directory: string, secrets: NodeSecrets): Promise<void> {
  await mkdir(join(directory, 'keys'), { recursive: true, mode: 0o700 });
  await writeDurably(fileIn(directory), encodeCanonical(secrets), 0o600);
}
