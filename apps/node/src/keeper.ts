import { type Bytes, decodeCanonical, encodeCanonical, field, hex, type Random } from '@salus/base';
import {
  answerAad,
  boxKeyOf,
  lockAnswer,
  lockBoxAad,
  lockBoxMessage,
  openBox,
  openSalted,
  type Share,
  sealBox,
  sealSalted,
  verifySignature,
} from '@salus/schemes/keyless';
import { z } from 'zod';
import type { Database } from './database/open.ts';
import { drawnFrom } from './drawn.ts';
import { nodeError } from './errors.ts';
import type { NodeSecrets } from './secrets.ts';
import type { Caller } from './sessions.ts';

/** A lock box as uploaded. */
export interface LockBox {
  keeper: string;
  box: Bytes;
  signature: Bytes;
}

/** A share as the keeper stores it. */
export interface KeptShare {
  slot: string;
  sealed: Bytes;
}

const boxContent = z.array(z.tuple([field.bytes(32), field.bytes(32)])).max(200_000);
const BOX_LIMIT_BYTES = 8 * 1024 * 1024;

/**
 * Keeps lock shares and gives them out for committed reads only; whoever calls `answer` has re-checked the read at the
 * newest height. The same code with one keeper as with many (cryptography section 7).
 */
export class Keeper {
  readonly #publicKey: Bytes;

  constructor(
    readonly id: string,
    /** Its point of every polynomial: its place among the genesis's keepers, from 1. */
    readonly index: number,
    readonly secrets: Pick<NodeSecrets, 'keeper' | 'shares' | 'answers'>,
    readonly database: Database,
    readonly random: Random,
  ) {
    this.#publicKey = boxKeyOf(secrets.keeper).publicKey;
  }

  /**
   * Opens the boxes addressed to this keeper and takes the share of every expected slot, each bound to its label.
   * A box sealed for another record, reader or keeper, or by another device, gives nothing: `lock-box-refused`.
   */
  async takeIn(
    boxes: readonly LockBox[],
    sealer: Caller,
    sealerKey: Bytes,
    expected: ReadonlyMap<string, Bytes>,
  ): Promise<KeptShare[]> {
    const shares = new Map<string, Bytes>();
    for (const box of boxes) {
      if (box.keeper !== this.id) throw nodeError('lock-box-refused', { why: 'it is for another keeper' });
      for (const [label, share] of await this.#open(box, sealer, sealerKey)) shares.set(hex(label), share);
    }
    const kept: KeptShare[] = [];
    for (const [slot, label] of expected) {
      const share = shares.get(hex(label));
      if (!share) throw nodeError('lock-box-refused', { why: `slot ${slot} has no share` });
      kept.push({ slot, sealed: await sealSalted(this.secrets.shares, share, label, this.random) });
    }
    return kept;
  }

  /** The keeper's share of a slot's lock, or undefined where it keeps none under this label. Leaves the keeper for nobody. */
  async share(slot: string, label: Bytes): Promise<Share | undefined> {
    const kept = await this.database.selectFrom('share').selectAll().where('slot', '=', slot).executeTakeFirst();
    const value = kept && (await openSalted(this.secrets.shares, kept.sealed, label));
    return value && { i: this.index, value };
  }

  /** One answer to a committed read: each share plus the proxy's point, sealed to the reader's one-time key. */
  async answer(
    operation: string,
    oneTimeKey: Bytes,
    reads: readonly { slot: string; label: Bytes; point: Share }[],
  ): Promise<Bytes> {
    const sealed = new Map<string, Bytes>();
    const slots = [...new Set(reads.map((read) => read.slot))];
    for (const row of await this.database.selectFrom('share').selectAll().where('slot', 'in', slots).execute())
      sealed.set(row.slot, row.sealed);
    const answers: Bytes[] = [];
    for (const { slot, label, point } of reads) {
      const kept = sealed.get(slot);
      const share = kept && (await openSalted(this.secrets.shares, kept, label));
      if (!share) throw nodeError('slot-refused', { slot });
      answers.push(lockAnswer({ i: this.index, value: share }, point).value);
    }
    const content = encodeCanonical(answers);
    const random = drawnFrom(this.secrets.answers, 'SALUS1/keeper-answer', operation, oneTimeKey, content);
    return sealBox(oneTimeKey, content, answerAad(this.id, operation), random);
  }

  async #open(box: LockBox, sealer: Caller, sealerKey: Bytes) {
    if (!(await verifySignature(sealerKey, lockBoxMessage(this.id, box.box), box.signature))) {
      throw nodeError('lock-box-refused', { why: 'its signature does not hold' });
    }
    const content = await openBox(this.secrets.keeper, this.#publicKey, box.box, lockBoxAad(this.id, sealer));
    if (!content) throw nodeError('lock-box-refused', { why: 'it does not open' });
    return decodeCanonical('lock box', content, boxContent, BOX_LIMIT_BYTES);
  }
}
