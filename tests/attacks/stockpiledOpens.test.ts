import { LIMITS } from '@salus/api';
import { encodeCanonical } from '@salus/base';
import { answerAad, boxKeyOf, contextOf, lockLabel, openBox, ZERO } from '@salus/schemes/keyless';
import {
  answerRead,
  type CommittedRead,
  commitRead,
  endDelegation,
  fetchReplies,
  openFound,
  prepareRead,
  revokeConsent,
  revokeDevice,
  searchDelegated,
  searchWords,
  underGrants,
} from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../src/people.ts';
import { refusal } from '../src/refusal.ts';
import { add, consented, note, textOf } from '../src/sharing.ts';
import { openWard, TOPIC, type Ward } from '../src/ward.ts';

let ward: Ward;
beforeAll(async () => {
  ward = await openWard();
});
afterAll(() => ward.hospital.stop());

/** A read by the doctor that is written down and not answered yet. */
async function stockpiled(word = 'heart'): Promise<CommittedRead> {
  const { rao } = ward;
  const asked = await underGrants(rao.device, await searchWords(rao.device, [word]));
  const read = await prepareRead(rao.device, asked, 'treatment');
  await commitRead(rao.device, read);
  return read;
}

describe('opens written down before a cut-off', () => {
  it('are answered while the consent stands, always with the same bytes', async () => {
    const { rao } = ward;
    const read = await stockpiled();
    const replies = [await fetchReplies(rao.device, read), await fetchReplies(rao.device, read)];
    expect(replies[1]).toEqual(replies[0]);
    const [opened] = await answerRead(rao.device, read);
    expect(await textOf(opened!.content())).toBe('heart murmur');
    // Another read of the same record shares nothing with it.
    const [other] = await fetchReplies(rao.device, await stockpiled());
    const [first] = replies[0]!;
    expect(other!.delivered.E).not.toEqual(first!.delivered.E);
    expect(other!.delivered.c2).not.toEqual(first!.delivered.c2);
    expect(other!.answers).not.toEqual(first!.answers);
  });

  it('are answered for a minute and no longer', async () => {
    const read = await stockpiled();
    ward.hospital.clock.advance(LIMITS.answerMs + 1_000);
    expect(await refusal(() => answerRead(ward.rao.device, read))).toBe('read-stale');
  });

  it('are not answered once the delegation or the consent behind them has ended', async () => {
    const { meera, rao, shah, hospital, delegation } = ward;
    const doctors = await stockpiled();
    const covered = await searchDelegated(shah.device, TOPIC);
    const colleagues = await prepareRead(shah.device, covered, 'second-opinion');
    await commitRead(shah.device, colleagues);
    await endDelegation(rao.device, delegation);
    expect(await refusal(() => answerRead(shah.device, colleagues))).toBe('read-refused');
    await revokeConsent(meera.device, rao.device.account);
    expect(await refusal(() => answerRead(rao.device, doctors))).toBe('read-refused');
    await consented(hospital, rao.device, meera.device);
  });

  it('are not answered to a device that was revoked in between', async () => {
    const { hospital, meera } = ward;
    const bose = await hospital.doctor('Ravi Bose');
    await consented(hospital, bose.device, meera.device);
    const phone = await hospital.signIn(bose);
    const read = await prepareRead(phone, await underGrants(phone, await searchWords(phone, ['heart'])), 'treatment');
    await commitRead(phone, read);
    await revokeDevice(bose.device, phone.identity.device.id, PASSWORD);
    expect(await refusal(() => answerRead(phone, read))).toBe('session-refused');
    // Brought by another device of the same account, the operation of the revoked one is judged at the newest height.
    expect(await refusal(() => answerRead(bose.device, read))).toBe('signer-revoked');
  });

  it('open after all where a keeper looks at the height of the read and not at its newest (reproduces)', async () => {
    const { meera, rao, hospital, records } = ward;
    const read = await stockpiled();
    const [{ slot } = { slot: '' }] = read.asked;
    await revokeConsent(meera.device, rao.device.account);
    // The keeper without its check: the read is on the ledger, so it answers.
    const { keeper, ledger } = hospital.node.context;
    expect(ledger.operation(read.operation.id)).toBeDefined();
    const ctx = contextOf({ record: records.heart, group: 'document', generation: 1, author: meera.device.account });
    const label = lockLabel(ctx, slot, rao.device.account);
    const oneTimeKey = boxKeyOf(read.oneTimeSeed).publicKey;
    const point = { i: keeper.index, value: ZERO };
    const box = await keeper.answer(read.operation.id, oneTimeKey, [{ slot, label, point }]);
    const lock = (await keeper.share(slot, label))!.value;
    const opened = await openBox(read.oneTimeSeed, undefined, box, answerAad(keeper.id, read.operation.id));
    expect(opened).toEqual(encodeCanonical([lock]));
    await consented(hospital, rao.device, meera.device);
  });
});

describe('contents fetched under an old read', () => {
  it('are refused once the consent has ended, though the read was answered before', async () => {
    const { meera, rao, hospital } = ward;
    // Larger than what comes along with the answer.
    const large = `large document ${'x'.repeat(3 * 1024 * 1024)}`;
    await add(meera.device, note(large));
    const [opened] = await openFound(rao.device, await searchWords(rao.device, ['large']), 'treatment');
    expect(await textOf(opened!.content())).toBe(large);
    await revokeConsent(meera.device, rao.device.account);
    expect(await refusal(() => textOf(opened!.content()))).toBe('read-refused');
    await consented(hospital, rao.device, meera.device);
  });
});
