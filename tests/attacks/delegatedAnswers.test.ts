import { CBOR, encodeBody } from '@salus/api';
import { type Bytes, hex } from '@salus/base';
import {
  endDelegation,
  fetchReplies,
  listDelegations,
  openRecords,
  prepareRead,
  searchDelegated,
  searchWords,
  underGrants,
} from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../src/clock.ts';
import { tokenOf } from '../src/http.ts';
import { refusal } from '../src/refusal.ts';
import { delegated } from '../src/sharing.ts';
import { openWard, TOPIC, type Ward } from '../src/ward.ts';

let ward: Ward;
beforeAll(async () => {
  ward = await openWard();
});
afterAll(() => ward.hospital.stop());

const keysOf = async (id: string): Promise<Bytes[]> => {
  const known = (await listDelegations(ward.shah.device)).find(({ delegation }) => delegation === id);
  return known!.opened!.rows.map(({ rowKey }) => rowKey);
};

/** Everything of an answer that a delegate, or who watches the line, can see. */
async function answerTo(delegation: string, rowKeys: Bytes[], token: string): Promise<string> {
  const response = await fetch(`${ward.hospital.url}/api/v1/search/delegated`, {
    method: 'POST',
    headers: { accept: CBOR, 'content-type': CBOR, authorization: `Bearer ${token}` },
    body: encodeBody(CBOR, { delegation, rowKeys }) as Uint8Array<ArrayBuffer>,
  });
  const headers = [...response.headers].filter(([name]) => !/^(date|x-ratelimit-(remaining|reset))$/.test(name)).sort();
  return JSON.stringify([response.status, headers, hex(new Uint8Array(await response.arrayBuffer()))]);
}

describe('what is answered to a delegate', () => {
  it('is the same, byte for byte, for unknown, another’s, ended, expired, wrongly keyed and empty', async () => {
    const { hospital, rao, shah, delegation } = ward;
    const token = await tokenOf(shah.device);
    const none = await delegated(hospital, rao.device, shah.device, 'podiatry');
    const ended = await delegated(hospital, rao.device, shah.device, TOPIC);
    const until = hospital.clock.now() + 3_600_000;
    const expiring = await delegated(hospital, rao.device, shah.device, TOPIC, { until });
    const unknownKeys = [shah.device.random(32)];
    const keys = await keysOf(delegation);
    const works = await answerTo(delegation, keys, token);
    await endDelegation(rao.device, ended);
    hospital.clock.advance(3_700_000);
    const fresh = await tokenOf(shah.device);
    const answers = [
      await answerTo(none, await keysOf(none), fresh),
      await answerTo('f'.repeat(32), unknownKeys, fresh),
      await answerTo('f'.repeat(32), keys, fresh),
      await answerTo(ended, await keysOf(ended), fresh),
      await answerTo(expiring, await keysOf(expiring), fresh),
      await answerTo(delegation, unknownKeys, fresh),
      await answerTo(delegation, keys, await tokenOf(rao.device)),
      await answerTo(ended, keys, fresh),
      await answerTo(delegation, await keysOf(none), fresh),
    ];
    expect(new Set(answers).size).toBe(1);
    expect(answers).not.toContain(works);
    expect(await answerTo(delegation, keys, fresh)).toBe(works);
  });

  it('is refused by the delegate’s own device, before anything is asked, where no delegation is for the topic', async () => {
    expect(await refusal(() => searchDelegated(ward.shah.device, 'dermatology'))).toBe('not-covered');
  });
});

describe('a row key of one delegation', () => {
  it('opens nothing under another', async () => {
    const { hospital, rao, shah, delegation } = ward;
    const other = await delegated(hospital, rao.device, shah.device, 'dermatology');
    const [heart] = (await searchDelegated(shah.device, TOPIC)).filter(({ grant }) => grant === delegation);
    const [skin] = await searchDelegated(shah.device, 'dermatology');
    const opening = (asked: object) =>
      refusal(() => openRecords(shah.device, [{ ...heart!, ...asked }], 'second-opinion'));
    expect(await openRecords(shah.device, [heart!], 'second-opinion')).toHaveLength(1);
    expect(await opening({ rowKey: skin!.rowKey })).toBe('read-mismatch');
    expect(await opening({ grant: other })).toBe('read-mismatch');
    // Both of the other delegation: the row is its own, and converts slots of another topic.
    expect(await opening({ grant: other, rowKey: skin!.rowKey })).toBe('does-not-open');
    expect(await opening({ rowKey: shah.device.random(32) })).toBe('read-mismatch');
    const { rowKey: _, ...without } = heart!;
    expect(await refusal(() => openRecords(shah.device, [without], 'second-opinion'))).toBe('read-mismatch');
  });

  it('opens nothing of a record outside its topic, though slot and secret were told', async () => {
    const { rao, shah, delegation, records } = ward;
    const [heart] = (await searchDelegated(shah.device, TOPIC)).filter(({ grant }) => grant === delegation);
    const [told] = await underGrants(rao.device, await searchWords(rao.device, ['skin']));
    expect(told!.record).toBe(records.skin);
    const stolen = { ...told!, grant: delegation, rowKey: heart!.rowKey! };
    expect(await refusal(() => openRecords(shah.device, [stolen], 'other'))).toBe('slot-refused');
    const slots = await ward.hospital.node.context.database
      .selectFrom('slot')
      .select('slot')
      .where('record', '=', records.skin)
      .where('kind', '=', 'topic')
      .execute();
    // Each topic slot of the other record is converted by the row of this topic: to nothing, but for the slot of everything.
    for (const { slot } of slots)
      expect(await refusal(() => openRecords(shah.device, [{ ...stolen, slot }], 'other'))).toBe('does-not-open');
  });

  it('held by somebody else opens nothing for them', async () => {
    const { hospital, shah, delegation } = ward;
    const [heart] = (await searchDelegated(shah.device, TOPIC)).filter(({ grant }) => grant === delegation);
    const eve = (await hospital.doctor('Eve Evans')).device;
    expect(await refusal(async () => fetchReplies(eve, await prepareRead(eve, [heart!], 'other')))).toBe(
      'read-refused',
    );
    hospital.clock.advance(8 * DAY_MS);
    expect(await refusal(() => openRecords(shah.device, [heart!], 'other'))).toBe('read-refused');
  });
});
