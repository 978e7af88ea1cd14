import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, decodeCanonical, encodeCanonical, field, newId, type Random } from '@salus/base';
import { type Operation, type OperationBody, type OperationType, signOperation } from '@salus/contracts';
import { verifyingKeyOf } from '@salus/schemes/keyless';
import { z } from 'zod';
import { readIfThere } from '../readIfThere.ts';
import { writeDurably } from '../writeDurably.ts';

/** The node's own device: with it the node says what it stores, and audits its clouds. It is no person's. */
const nodeDevice = z.strictObject({ id: field.id(), seed: field.bytes(32) });

const LIMIT_BYTES = 256;
const fileIn = (directory: string) => join(directory, 'keys', 'device.cbor');

export class NodeDevice {
  private constructor(
    readonly id: string,
    readonly seed: Bytes,
    readonly key: Bytes,
  ) {}

  /** Of a node's folder, made when it is first asked for. Throws `encoding-…` where the file was damaged. */
  static async readOrMake(directory: string, random: Random): Promise<NodeDevice> {
    const bytes = await readIfThere(fileIn(directory));
    if (!bytes) return NodeDevice.make(directory, random);
    return NodeDevice.#of(decodeCanonical('the node’s device', bytes, nodeDevice, LIMIT_BYTES));
  }

  /** A fresh one in the place of what was there: an id is used once. */
  static async make(directory: string, random: Random): Promise<NodeDevice> {
    const made = { id: newId(random), seed: random(32) };
    await mkdir(join(directory, 'keys'), { recursive: true, mode: 0o700 });
    await writeDurably(fileIn(directory), encodeCanonical(made), 0o600);
    return NodeDevice.#of(made);
  }

  static async #of({ id, seed }: z.output<typeof nodeDevice>): Promise<NodeDevice> {
    return new NodeDevice(id, seed, await verifyingKeyOf(seed));
  }

  /** The wire form of an operation signed by this device. */
  sign<Type extends OperationType>(
    of: { network: Bytes; account: string; random: Random },
    type: Type,
    body: OperationBody[Type],
  ): Promise<Bytes> {
    const { network, account, random } = of;
    const operation = { v: 1, network, id: newId(random), account, device: this.id, type, body };
    return signOperation(operation as Operation, this.seed);
  }
}
