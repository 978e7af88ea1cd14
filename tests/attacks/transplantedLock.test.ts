import { CBOR, encodeBody } from '@salus/api';
import { type Bytes, concat, decodeCanonical, encodeCanonical, hex, type Random } from '@salus/base';
import { topicSlot } from '@salus/schemes/holder';
import { boxKeyOf, contextOf, lockBoxMessage, lockLabel, openBox, sealBox, sign } from '@salus/schemes/keyless';
import { fetchReplies, myRecord, prepareRead, type ToOpen } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { codeOf, send, sendValue, tokenOf } from '../src/http.ts';
import { cutAt } from '../src/intercepted.ts';
import { refusal } from '../src/refusal.ts';
import { add, consented, note } from '../src/sharing.ts';
import { openWard, type Ward } from '../src/ward.ts';

let ward: Ward;
beforeAll(async () => {
  ward = await openWard();
});
afterAll(() => ward.hospital.stop());

const context = () => ward.hospital.node.context;
const uploading = async (body: unknown, token: string) => {
  const answer = await send(ward.hospital.url, '/records', { body: encodeBody(CBOR, body), token });
  return codeOf(answer);
};

describe('a lock box transplanted', () => {
  it('under another sealer’s record is refused, signed again or not', async () => {
    const { meera, hospital, rao } = ward;
    const eve = await hospital.patient('Eve Evans');
    await consented(hospital, rao.device, eve.device);
    const stolen = await cutAt(meera.device, 'putRecords', () => add(meera.device, note('secret of Meera')));
    const own = await cutAt(eve.device, 'putRecords', () => add(eve.device, note('bait of Eve')));
    const token = await tokenOf(eve.device);
    expect(await uploading({ ...own, locks: stolen.locks }, token)).toBe('lock-box-refused');
    const [lock] = stolen.locks;
    const signature = await sign(eve.device.identity.device.seed, lockBoxMessage(lock!.keeper, lock!.box as Bytes));
    expect(await uploading({ ...own, locks: [{ ...lock!, signature }] }, token)).toBe('lock-box-refused');
    // Nor under the stolen slot's own name, which would make the keeper give its lock to Eve's reader.
    const slots = own.records[0]!.envelope!.slots.map((slot, i) => ({
      ...slot,
      slot: stolen.records[0]!.envelope!.slots[i]!.slot,
    }));
    const renamed = { ...own.records[0]!, envelope: { ...own.records[0]!.envelope!, slots } };
    expect(await uploading({ ...own, records: [renamed], locks: [{ ...lock!, signature }] }, token)).toBe(
      'lock-box-refused',
    );
  });

  it('succeeds on a keeper that binds a box to neither sealer nor record (reproduces)', async () => {
    const { random } = ward.meera.device;
    const seed = random(32);
    const weakAad = new Uint8Array(0);
    // A box under the slot's id alone, as it lies on the node of an operator who is curious.
    const secret = random(32);
    const box = await sealBox(boxKeyOf(seed).publicKey, encodeCanonical([['slot-1', secret]]), weakAad, random);
    const weakKeeper = new Map<string, Bytes>();
    const takeIn = async (sent: Bytes) => {
      const opened = (await openBox(seed, undefined, sent, weakAad))!;
      for (const [slot, share] of decodeCanonical('box', opened, z.array(z.tuple([z.string(), z.any()])), 1_000))
        weakKeeper.set(slot, share as Bytes);
    };
    // Eve uploads it as hers, with a record whose slot has that id and whose reader is Eve herself.
    await takeIn(box);
    expect(weakKeeper.get('slot-1')).toEqual(secret);
  });
});

describe('another’s slot as a target for a dictionary', () => {
  /** Somebody who may read the record knows M and r; with another reader's topic slot and its lock they test topics. */
  const guessTopic = (
    secret: Parameters<typeof topicSlot>[0],
    slot: Bytes,
    lock: Bytes,
    A: Bytes,
    topics: string[],
  ) => {
    const asLock: Random = () => concat(new Uint8Array(32), lock);
    return topics.find(
      (topic) =>
        hex(topicSlot(secret, { A, year: 2026, scope: ward.meera.device.account, topic }, asLock).value) === hex(slot),
    );
  };
  const DICTIONARY = ['oncology', 'psychiatry', 'cardiology', '*'];

  it('gives no lock: the keeper answers for slots of the reader and of who delegated alone', async () => {
    const { meera, rao, hospital, records } = ward;
    const eve = await hospital.doctor('Dr Eve Evans');
    const grant = await consented(hospital, eve.device, meera.device);
    const rows = await context()
      .database.selectFrom('slot')
      .selectAll()
      .where('record', '=', records.heart)
      .where('recipient', '=', rao.device.account)
      .execute();
    expect(rows.length).toBeGreaterThan(4);
    for (const { slot, record, generation } of rows) {
      const named: ToOpen = { record, group: 'document', generation, slot, kappa: new Uint8Array(32), grant };
      expect(await refusal(async () => fetchReplies(eve.device, await prepareRead(eve.device, [named], 'other')))).toBe(
        'slot-refused',
      );
    }
  });

  it('succeeds where a lock is given for the asking (reproduces): the topic is told', async () => {
    const { meera, rao, records } = ward;
    const { secret } = await myRecord(meera.device, records.heart);
    const [A, author] = [rao.device.keys()!.A, meera.device.account];
    const slots = await context()
      .database.selectFrom('slot')
      .selectAll()
      .where('record', '=', records.heart)
      .where('recipient', '=', rao.device.account)
      .where('kind', '=', 'topic')
      .execute();
    const ctx = contextOf({ record: records.heart, group: 'document', generation: 1, author });
    const told: (string | undefined)[] = [];
    for (const { slot, value, recipient } of slots) {
      const label = lockLabel(ctx, slot, recipient);
      const lock = (await context().keeper.share(slot, label))!.value;
      told.push(guessTopic(secret, value, lock, A, DICTIONARY));
      // With a lock that is not the slot's, nothing is told, whatever is guessed.
      expect(guessTopic(secret, value, meera.device.random(32).fill(1), A, DICTIONARY)).toBeUndefined();
    }
    expect(told).toContain('cardiology');
    expect(told).toContain('*');
  });
});

describe('a share that is missing', () => {
  it('is refused before anything is stored: a slot without its lock would open for nobody', async () => {
    const { meera } = ward;
    const own = await cutAt(meera.device, 'putRecords', () => add(meera.device, note('no locks with it')));
    expect(await uploading({ ...own, locks: [] }, await tokenOf(meera.device))).toBe('lock-box-refused');
    const answer = await sendValue(ward.hospital.url, '/records', own, await tokenOf(meera.device));
    expect(answer.status).toBe(200);
  });
});
