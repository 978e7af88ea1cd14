import type { Bytes, Id, TimeMs } from '@salus/base';
import {
  type Audit,
  auditSeed,
  blocksOf,
  type Operation,
  type OperationBody,
  readPieces,
  type StorageKey,
  type Verdict,
} from '@salus/contracts';
import { certifiedKey } from '@salus/schemes/keyless';
import { askedOf, type Challenge, type ListedBatch } from './challenge.ts';

/** An audit as the ledger's operations tell it. */
export interface ToldAudit extends Pick<Audit, 'account' | 'by' | 'begunAt' | 'clouds' | 'sample' | 'status'> {
  audit: Id;
  begunTime: TimeMs;
  judgedTime: TimeMs | undefined;
  proof: Bytes;
  verdicts: Verdict[];
}

interface Held extends ToldAudit {
  version: number;
  block: Bytes;
  nonce: Bytes | undefined;
}

/** A block of which everything was checked. */
export interface CheckedBlock {
  height: number;
  time: TimeMs;
  /** Of its header. */
  hash: Bytes;
  operations: readonly Operation[];
}

/**
 * What the ledger says of storage, from its operations alone: whoever has the blocks knows what every audit asked. Takes
 * only blocks that the contracts accepted: it repeats no rule of theirs.
 */
export class StorageHistory {
  readonly #keys = new Map<number, StorageKey>();
  readonly #batches = new Map<string, ListedBatch[]>();
  readonly #audits = new Map<Id, Held>();

  constructor(readonly organisation: string) {}

  add({ height, time, hash, operations }: CheckedBlock): void {
    for (const operation of operations) this.#take(operation, height, time, hash);
  }

  #take(operation: Operation, height: number, time: TimeMs, hash: Bytes): void {
    switch (operation.type) {
      case 'storage.key':
        this.#setKey(operation.account, operation.body);
        return;
      case 'storage.commit': {
        const { cloud, pieces } = operation.body;
        const held = this.#batches.get(cloud) ?? [];
        this.#batches.set(cloud, held);
        const batch = { version: this.#keys.size, operation: operation.id, committedAt: height, retiredAt: 0 };
        held.push(listBatch(held.length + 1, batch, pieces));
        return;
      }
      case 'storage.retire':
        this.#batches.get(operation.body.cloud)![operation.body.batch - 1]!.retiredAt = height;
        return;
      case 'audit.begin':
        this.#audits.set(operation.body.audit, {
          ...{ audit: operation.body.audit, account: operation.account, version: this.#keys.size },
          ...{ clouds: operation.body.clouds, sample: operation.body.sample, status: 'begun' },
          ...{ by: operation.device === this.#keys.get(this.#keys.size)!.device ? 'node' : 'person' },
          ...{ begunAt: height, begunTime: time, judgedTime: undefined, block: hash, nonce: undefined },
          ...{ proof: new Uint8Array(0), verdicts: [] },
        });
        return;
      case 'audit.reveal':
        Object.assign(this.#audits.get(operation.body.audit)!, { status: 'revealed', nonce: operation.body.nonce });
        return;
      case 'audit.result': {
        const { audit, proof, verdicts } = operation.body;
        Object.assign(this.#audits.get(audit)!, { status: 'judged', judgedTime: time, proof, verdicts });
      }
    }
  }

  #setKey(account: string, { device, ...key }: OperationBody['storage.key']): void {
    const version = this.#keys.size + 1;
    this.#keys.set(version, { version, ...key, account, device: device.id });
  }

  /** All audits, oldest first. */
  audits(): ToldAudit[] {
    return [...this.#audits.values()];
  }

  /** What a revealed audit asks. Undefined for one that is unknown, or of which the nonce was never shown. */
  challenge(id: Id): Challenge | undefined {
    const audit = this.#audits.get(id);
    if (!audit?.nonce) return undefined;
    const { certificate, registrar, alphaKey } = this.#keys.get(audit.version)!;
    const seed = auditSeed(audit.block, id, audit.nonce);
    const at = { version: audit.version, height: audit.begunAt };
    return {
      seed,
      key: { key: certifiedKey(certificate, this.organisation, registrar), alphaKey },
      clouds: audit.clouds.map((cloud) =>
        askedOf({ seed, sample: audit.sample, at }, cloud, this.#batches.get(cloud) ?? []),
      ),
    };
  }
}

/** A batch with the pieces that its operation lists. */
export function listBatch(
  number: number,
  batch: Pick<ListedBatch, 'version' | 'operation' | 'committedAt' | 'retiredAt'>,
  pieces: Bytes,
): ListedBatch {
  const list = readPieces(pieces) ?? [];
  const blocks = list.reduce((sum, { sizeBytes }) => sum + blocksOf(sizeBytes), 0);
  return { ...batch, number, list, pieces: list.length, blocks };
}
